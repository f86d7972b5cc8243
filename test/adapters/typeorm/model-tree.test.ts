import { Column, Entity, ManyToOne, OneToMany, PrimaryColumn, type Relation } from 'typeorm';
import { describe, expect, it } from 'vitest';
import { createDataSource, type DatabaseOptions } from '../../../src/adapters/typeorm/data-source.js';
import { modelTree } from '../../../src/adapters/typeorm/model-tree.js';
import { SubscriptionModel } from '../../../src/author/models/subscription-model.js';
import { TEST_ENTITIES, TestCircuit } from '../../support/models.js';

@Entity('test_rack')
class TestRack extends SubscriptionModel {
  @OneToMany(
    () => TestUnit,
    (unit) => unit.rack,
    { cascade: true },
  )
  units!: TestUnit[];
}

@Entity('test_unit')
class TestUnit {
  @PrimaryColumn('varchar')
  id!: string;

  @Column('varchar')
  name!: string;

  @ManyToOne(
    () => TestRack,
    (rack) => rack.units,
  )
  rack!: Relation<TestRack>;

  @ManyToOne(
    () => TestUnit,
    (unit) => unit.parts,
  )
  whole!: Relation<TestUnit>;

  @OneToMany(
    () => TestUnit,
    (unit) => unit.whole,
    { cascade: true },
  )
  parts!: TestUnit[];
}

async function treeOf(model: typeof SubscriptionModel, models: NonNullable<DatabaseOptions['models']>) {
  const dataSource = createDataSource({ database: ':memory:', models });
  await dataSource.initialize();
  try {
    return modelTree(dataSource.getMetadata(model));
  } finally {
    await dataSource.destroy();
  }
}

describe('modelTree', () => {
  it('has blocks with all that is theirs, in order, and references without', async () => {
    expect(await treeOf(TestCircuit, TEST_ENTITIES)).toEqual({
      relations: { backup: true, endpoints: { port: true, addresses: true } },
      order: { endpoints: { position: 'ASC', addresses: { position: 'ASC' } } },
    });
  });

  it('refuses a block that contains itself, and names the relations that lead there', async () => {
    await expect(treeOf(TestRack, [TestRack, TestUnit])).rejects.toMatchObject({
      code: 'definition',
      message: expect.stringContaining('TestRack.units.parts leads to a TestUnit inside a TestUnit'),
    });
  });
});
