import { isSubscriptionModel, type SubscriptionModel } from '../author/models/subscription-model.js';
import { StepwrightError } from '../core/error.js';
import type { ModelClass } from '../core/parameter.js';
import type { ModelReference, ModelStore } from '../ports/model-store.js';
import type { JoinedWrite } from '../ports/process-store.js';
import { copyTree } from './copy-tree.js';
import { MemoryTransaction } from './memory-transaction.js';

/** Stands in a stored model where it refers to another. */
class StoredReference {
  readonly model: string;
  readonly id: string;

  constructor(model: string, id: string) {
    this.model = model;
    this.id = id;
  }
}

type Models = ReadonlyMap<string, SubscriptionModel>;

/**
 * Domain models kept in memory, for tests; its writes join those of a `MemoryProcessStore`.
 *
 * Every own field of a model and of its blocks is kept, in the order of its lists; what TypeORM would make of them (columns, generated
 * values, the order of a list as its `orderBy` has it) is not known here.
 */
export class MemoryModelStore implements ModelStore {
  readonly #stored = new Map<string, SubscriptionModel>();
  /** What open transactions have saved and not stored yet. */
  readonly #saved = new WeakMap<MemoryTransaction, Map<string, SubscriptionModel>>();

  async load(models: readonly ModelClass[], ids: readonly string[]): Promise<readonly (object | undefined)[]> {
    const copies = new Map<object, object>();
    const resolve = (met: object) => (met instanceof StoredReference ? (this.#stored.get(met.id) ?? met) : met);
    return ids.map((id) => {
      const stored = this.#stored.get(id);
      return stored && models.some((model) => stored instanceof model) ? copyTree(stored, resolve, copies) : undefined;
    });
  }

  create(model: ModelClass, product: string, customerId: string): object {
    return Object.assign(checked(new model()), { product, customerId });
  }

  reference(value: object): ModelReference | undefined {
    return isSubscriptionModel(value) ? { $model: value.constructor.name, id: value.subscriptionId } : undefined;
  }

  save(models: readonly object[]): JoinedWrite {
    return async (transaction) => {
      if (!(transaction instanceof MemoryTransaction)) {
        throw new StepwrightError(
          'definition',
          'A MemoryModelStore stores its models together with a MemoryProcessStore; use the two with each other.',
        );
      }
      this.#save(models.map(checked), transaction);
    };
  }

  /** Stores models at once, as what is there when a test begins. */
  async put(...models: readonly object[]): Promise<void> {
    const transaction = new MemoryTransaction();
    await this.save(models)(transaction);
    transaction.store();
  }

  /** Saves all of these models, or none, where the transaction stores them. */
  #save(models: readonly SubscriptionModel[], transaction: MemoryTransaction): void {
    const before = this.#savedIn(transaction);
    const after = new Map(before);
    const references: [SubscriptionModel, StoredReference][] = [];
    for (const model of models) {
      model.check();
      refuseStale(model, after.get(model.subscriptionId) ?? this.#stored.get(model.subscriptionId));
      const copy = copyTree(model, (met) => {
        if (met === model || !isSubscriptionModel(met)) return met;
        const reference = new StoredReference(met.constructor.name, met.subscriptionId);
        references.push([model, reference]);
        return reference;
      });
      copy.version++;
      after.set(model.subscriptionId, copy);
    }
    for (const [model, reference] of references) this.#refuseMissing(model, reference, after);
    for (const [id, model] of after) before.set(id, model);
    for (const model of models) model.version++;
    transaction.onUndone(() => {
      for (const model of models) model.version--;
    });
  }

  /** What a transaction has saved so far; it is stored with it. */
  #savedIn(transaction: MemoryTransaction): Map<string, SubscriptionModel> {
    const known = this.#saved.get(transaction);
    if (known) return known;
    const saved = new Map<string, SubscriptionModel>();
    transaction.onStored(() => {
      for (const [id, model] of saved) this.#stored.set(id, model);
    });
    this.#saved.set(transaction, saved);
    return saved;
  }

  #refuseMissing(model: SubscriptionModel, { model: name, id }: StoredReference, saved: Models): void {
    if (saved.has(id) || this.#stored.has(id)) return;
    throw new StepwrightError(
      'store_refused',
      `${describe(model)} refers to ${name} ${id}, which was never stored; save that too, by returning it.`,
    );
  }
}

function checked(model: object): SubscriptionModel {
  if (isSubscriptionModel(model)) return model;
  throw new StepwrightError('definition', `${model.constructor?.name} is no domain model; make it extend SubscriptionModel.`);
}

function refuseStale(model: SubscriptionModel, stored: SubscriptionModel | undefined): void {
  const version = stored?.version ?? 0;
  if (version === model.version) return;
  throw new StepwrightError(
    'stale_model',
    `${describe(model)} was loaded as version ${model.version}, and is stored as version ${version} by now; load it again.`,
    {
      retryable: true,
    },
  );
}

function describe(model: SubscriptionModel): string {
  return `${model.constructor.name} ${model.subscriptionId}`;
}
