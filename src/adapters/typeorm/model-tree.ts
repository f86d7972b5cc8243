import type { EntityMetadata, FindOptionsOrder, FindOptionsRelations, ObjectLiteral } from 'typeorm';
import { isSubscriptionClass } from '../../author/models/subscription-model.js';

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
 */
export function modelTree(metadata: EntityMetadata, from?: EntityMetadata['relations'][number]): ModelTree {
  const relations: Record<string, FindOptionsRelations<ObjectLiteral> | true> = {};
  const order: Record<string, unknown> = {};
  for (const relation of metadata.relations) {
    if (from && relation === from.inverseRelation) continue;
    const target = relation.inverseEntityMetadata;
    if (isSubscriptionClass(target.target)) relations[relation.propertyName] = true;
    else if (relation.isCascadeInsert || relation.isCascadeUpdate) {
      const inside = modelTree(target, relation);
      relations[relation.propertyName] = Object.keys(inside.relations).length > 0 ? inside.relations : true;
      const inOrder = { ...target.orderBy, ...inside.order };
      if (Object.keys(inOrder).length > 0) order[relation.propertyName] = inOrder;
    }
  }
  return { relations, order: order as FindOptionsOrder<ObjectLiteral> };
}
