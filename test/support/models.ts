import { IsInt, Max, Min, ValidateNested } from 'class-validator';
import { Column, Entity, ManyToOne, OneToMany, PrimaryColumn, type Relation } from 'typeorm';
import { isoDate } from '../../src/author/models/iso-date.js';
import { SubscriptionModel } from '../../src/author/models/subscription-model.js';

// Domain models for tests. Relations with `cascade` lead to blocks; the others lead to subscriptions that are only referred to. None is
// `eager`: a store finds out by itself what belongs to a model. A list of blocks has the order that the block's entity names in `orderBy`.

@Entity('test_port')
export class TestPort extends SubscriptionModel {
  @Column('varchar')
  device: string = '';

  @Column('integer')
  @IsInt()
  speed: number = 0;

  @Column('varchar', { nullable: true, transformer: isoDate })
  checkedAt: Date | null = null;
}

@Entity('test_circuit')
export class TestCircuit extends SubscriptionModel {
  @Column('integer')
  speed: number = 1000;

  @Column('simple-json', { nullable: true })
  labels: { readonly [key: string]: unknown } | null = null;

  /** Another circuit that takes over where this one fails. */
  @ManyToOne(() => TestCircuit, { nullable: true })
  backup: Relation<TestCircuit> | null = null;

  @OneToMany(
    () => TestEndpoint,
    (endpoint) => endpoint.circuit,
    { cascade: true },
  )
  @ValidateNested({ each: true })
  endpoints!: TestEndpoint[];
}

@Entity('test_endpoint', { orderBy: { position: 'ASC' } })
export class TestEndpoint {
  @PrimaryColumn('varchar')
  id: string = globalThis.crypto.randomUUID();

  @Column('integer')
  position: number = 0;

  @Column('integer')
  @IsInt()
  @Min(0)
  @Max(4094)
  vlan: number = 0;

  @Column('boolean')
  tagged: boolean = false;

  @Column('text', { nullable: true })
  remark: string | null = null;

  @Column('varchar', { nullable: true, transformer: isoDate })
  since: Date | null = null;

  @ManyToOne(() => TestPort)
  port!: Relation<TestPort>;

  @ManyToOne(
    () => TestCircuit,
    (circuit) => circuit.endpoints,
    { orphanedRowAction: 'delete', onDelete: 'CASCADE' },
  )
  circuit?: Relation<TestCircuit>;

  @OneToMany(
    () => TestAddress,
    (address) => address.endpoint,
    { cascade: true },
  )
  @ValidateNested({ each: true })
  addresses!: TestAddress[];
}

@Entity('test_address', { orderBy: { position: 'ASC' } })
export class TestAddress {
  @PrimaryColumn('varchar')
  id: string = globalThis.crypto.randomUUID();

  @Column('integer')
  position: number = 0;

  @Column('varchar')
  prefix: string = '';

  @ManyToOne(
    () => TestEndpoint,
    (endpoint) => endpoint.addresses,
    { orphanedRowAction: 'delete', onDelete: 'CASCADE' },
  )
  endpoint?: Relation<TestEndpoint>;
}

/** Every entity above, for a `DataSource`. */
export const TEST_ENTITIES = [TestPort, TestCircuit, TestEndpoint, TestAddress] as const;

/** A new port. */
export function testPort(device: string, fields: Partial<TestPort> = {}): TestPort {
  return Object.assign(new TestPort(), { product: 'port', customerId: 'customer-1', device, speed: 10_000 }, fields);
}

/** A new circuit with these endpoints, in this order. */
export function testCircuit(endpoints: readonly TestEndpoint[] = [], fields: Partial<TestCircuit> = {}): TestCircuit {
  return Object.assign(new TestCircuit(), { product: 'circuit', customerId: 'customer-1', endpoints: inOrder(endpoints) }, fields);
}

/** A new endpoint on a port, with these addresses, in this order. */
export function testEndpoint(port: TestPort, fields: Partial<TestEndpoint> = {}, prefixes: readonly string[] = []): TestEndpoint {
  const addresses = inOrder(prefixes.map((prefix) => Object.assign(new TestAddress(), { prefix })));
  return Object.assign(new TestEndpoint(), { port, addresses }, fields);
}

/** A list of these blocks, numbered as they stand. */
export function inOrder<T extends { position: number }>(blocks: readonly T[]): T[] {
  return blocks.map((block, position) => Object.assign(block, { position }));
}
