import type { EntityMetadata, FindOptionsOrder, FindOptionsRelations, ObjectLiteral } from 'typeorm';
import { isSubscriptionClass } from '../../author/models/subscription-model.js';
import { StepwrightError } from '../../core/error.js';

type Relation = EntityMetadata['relations'][number];

/** What is loaded with a model, and in which order. */
export interface ModelTree {
  readonly relations: FindOptionsRelations<ObjectLiteral>;
  readonly order: FindOptionsOrder<ObjectLiteral>;
}

/**
 * What belongs to a model, by its relations.
 *
 * A relation with `cascade` holds blocks: they are loaded with all that is theirs, in the order that their entity's `orderBy` says. A
 * relation to another subscription is only a reference: it is loaded without what is its own.
 *
 * @throws StepwrightError `definition` for a block that contains itself, for it has no depth to which it could be loaded
 */
export function modelTree(metadata: EntityMetadata, trail: readonly Relation[] = []): ModelTree {
  const relations: Record<string, FindOptionsRelations<ObjectLiteral> | true> = {};
  const order: Record<string, unknown> = {};
  for (const relation of metadata.relations) {
    if (relation === trail.at(-1)?.inverseRelation) continue;
    const target = relation.inverseEntityMetadata;
    if (isSubscriptionClass(target.target)) relations[relation.propertyName] = true;
    else if (relation.isCascadeInsert || relation.isCascadeUpdate) {
      const inside = modelTree(target, further(trail, relation));
      relations[relation.propertyName] = Object.keys(inside.relations).length > 0 ? inside.relations : true;
      const inOrder = { ...target.orderBy, ...inside.order };
      if (Object.keys(inOrder).length > 0) order[relation.propertyName] = inOrder;
    }
  }
  return { relations, order: order as FindOptionsOrder<ObjectLiteral> };
}

/** The relations that lead from the model to a block. */
function further(trail: readonly Relation[], relation: Relation): readonly Relation[] {
  const whole = [...trail, relation];
  const target = relation.inverseEntityMetadata;
  if (!trail.some((one) => one.inverseEntityMetadata === target)) return whole;
  const path = [whole[0]?.entityMetadata.name, ...whole.map((one) => one.propertyName)].join('.');
  throw new StepwrightError(
    'definition',
    `${path} leads to a ${target.name} inside a ${target.name}; a block can't contain itself. Remove "cascade" from the last relation, or keep all of these blocks in one list of the model.`,
  );
}
