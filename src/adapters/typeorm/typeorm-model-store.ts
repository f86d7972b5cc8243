import { type DataSource, type EntityManager, In, type ObjectLiteral } from 'typeorm';
import { isSubscriptionModel, type SubscriptionModel } from '../../author/models/subscription-model.js';
import { StepwrightError } from '../../core/error.js';
import type { ModelClass } from '../../core/parameter.js';
import type { ModelReference, ModelStore } from '../../ports/model-store.js';
import type { JoinedWrite } from '../../ports/process-store.js';
import { type ModelTree, modelTree } from './model-tree.js';

/** A model, and the version that it had when it came to be saved. */
interface Loaded {
  readonly model: SubscriptionModel;
  readonly version: number;
}

/** Domain models in the database of a TypeORM data source. */
export class TypeOrmModelStore implements ModelStore {
  readonly #dataSource: DataSource;
  readonly #trees = new Map<ModelClass, ModelTree>();

  constructor(dataSource: DataSource) {
    this.#dataSource = dataSource;
  }

  async load(models: readonly ModelClass[], ids: readonly string[]): Promise<readonly (object | undefined)[]> {
    const found = new Map<string, object>();
    for (const model of models) {
      const missing = ids.filter((id) => !found.has(id));
      if (missing.length === 0) break;
      const loaded = await this.#find(model, [...new Set(missing)]);
      for (const one of loaded) found.set(one.subscriptionId, one);
    }
    return ids.map((id) => found.get(id));
  }

  create(model: ModelClass, product: string, customerId: string): object {
    this.#repository(model);
    return Object.assign(new model(), { product, customerId });
  }

  reference(value: object): ModelReference | undefined {
    return isSubscriptionModel(value) ? { $model: value.constructor.name, id: value.subscriptionId } : undefined;
  }

  save(models: readonly object[]): JoinedWrite {
    const subscriptions = models.filter(isSubscriptionModel).map((model) => ({ model, version: model.version }));
    return async (transaction) => {
      try {
        await this.#store(transaction as EntityManager, subscriptions);
      } catch (error) {
        // Nothing was stored, so a model that is returned again must still have the version that is.
        for (const { model, version } of subscriptions) model.version = version;
        throw error;
      }
    };
  }

  async #store(manager: EntityManager, subscriptions: readonly Loaded[]): Promise<void> {
    for (const { model, version } of subscriptions) {
      this.#repository(model.constructor as ModelClass);
      model.check();
      if (version > 0) await this.#raiseVersion(manager, model, version);
      else await this.#refuseStored(manager, model);
      model.version = version + 1;
    }
    await manager.save(
      subscriptions.map(({ model }) => model),
      { transaction: false },
    );
  }

  /** Optimistic locking of the whole tree by its root: TypeORM's own version column does not refuse a stale save. */
  async #raiseVersion(manager: EntityManager, model: SubscriptionModel, version: number): Promise<void> {
    const { affected } = await manager
      .createQueryBuilder()
      .update(model.constructor as ModelClass)
      .set({ version: version + 1 } as ObjectLiteral)
      .where({ subscriptionId: model.subscriptionId, version })
      .execute();
    if (affected === 1) return;
    throw new StepwrightError(
      'stale_model',
      `${model.constructor.name} ${model.subscriptionId} was saved by somebody else since it was loaded here (version ${version}); load it again and repeat the change.`,
      { retryable: true },
    );
  }

  /** TypeORM would take a new model with a known id for a change of the stored one. */
  async #refuseStored(manager: EntityManager, model: SubscriptionModel): Promise<void> {
    const { subscriptionId } = model;
    if (!(await manager.existsBy(model.constructor as ModelClass, { subscriptionId } as ObjectLiteral))) return;
    throw new StepwrightError(
      'stale_model',
      `There is a ${model.constructor.name} ${subscriptionId} already; load it instead of making it anew.`,
      {
        retryable: true,
      },
    );
  }

  async #find(model: ModelClass, ids: readonly string[]): Promise<readonly SubscriptionModel[]> {
    const repository = this.#repository(model);
    const tree = this.#trees.get(model) ?? modelTree(repository.metadata);
    this.#trees.set(model, tree);
    return (await repository.find({ ...tree, where: { subscriptionId: In([...ids]) } })) as SubscriptionModel[];
  }

  #repository(model: ModelClass) {
    if (this.#dataSource.hasMetadata(model)) return this.#dataSource.getRepository<ObjectLiteral>(model);
    throw new StepwrightError(
      'definition',
      `${model.name} is not among the models of the data source; add it to "models" in ormconfig.ts, and decorate it with @Entity().`,
    );
  }
}
