import { StepwrightError } from '../../core/error.js';
import { copyJson, isObject, type Json } from '../../core/json.js';
import { didYouMean } from '../../core/nearest.js';
import type { ModelClass, Parameter } from '../../core/parameter.js';
import type { StateView } from '../../core/state.js';
import type { ModelStore } from '../../ports/model-store.js';
import type { StepContext } from '../../ports/step-context.js';

/** What parameters are filled from. */
export interface Source {
  /** Who asks, for messages: `Step "Ship" of workflow "order" (workflows/order.ts:41)`. */
  readonly what: string;
  readonly state: StateView;
  readonly context: StepContext;
  readonly models: ModelStore;
}

/** The source, and how models are loaded from it: each once, so that parameters that name the same model get the same instance. */
interface Filling extends Source {
  readonly load: ModelStore['load'];
}

/**
 * Fills a function's parameters, as the plan made at definition says.
 * @throws StepwrightError `missing_key`, `bad_value`, `model_not_found`, `model_ambiguous`: what, where, and what to do
 */
export async function inject(parameters: readonly Parameter[], source: Source): Promise<unknown[]> {
  const created = parameters.filter(
    (parameter) => parameter.gets === 'model' && parameter.whenMissing === 'create' && isMissing(source.state.get(parameter.key)),
  );
  if (created.length > 1) {
    const keys = created.map((parameter) => `"${'key' in parameter ? parameter.key : ''}"`).join(' and ');
    throw new StepwrightError(
      'model_ambiguous',
      `${source.what} asks for ${keys}, which are both not in the state: which of them is to be created as "product" is unclear. Create one in a step of its own, or mark one @optional().`,
    );
  }
  const filling: Filling = { ...source, load: loadOnce(source.models) };
  const args: unknown[] = [];
  for (const parameter of parameters) args.push(await fill(parameter, filling));
  return args;
}

/** Loads from a store what it has not given yet. */
function loadOnce(store: ModelStore): ModelStore['load'] {
  const loaded = new Map<string, object>();
  return async (models, ids) => {
    const known = (id: string) => {
      const one = loaded.get(id);
      return models.some((model) => one instanceof model) ? one : undefined;
    };
    const missing = [...new Set(ids)].filter((id) => known(id) === undefined);
    const found = missing.length === 0 ? [] : await store.load(models, missing);
    for (const [index, id] of missing.entries()) {
      const one = found[index];
      if (one) loaded.set(id, one);
    }
    return ids.map(known);
  };
}

function fill(parameter: Parameter, source: Filling): unknown {
  switch (parameter.gets) {
    case 'state':
      return source.state.toObject();
    case 'context':
      return source.context;
    case 'value':
      return fillValue(parameter, source);
    case 'model':
      return fillModel(parameter, source);
    case 'models':
      return fillModels(parameter, source);
    default:
      return parameter satisfies never;
  }
}

function fillValue(parameter: Parameter & { gets: 'value' }, source: Source): unknown {
  const value = source.state.get(parameter.key);
  if (value === undefined) {
    if (parameter.whenMissing === 'refuse') throw missing(parameter.key, source);
    return parameter.whenMissing === 'list' ? [] : undefined;
  }
  try {
    return parameter.convert(copyJson(value));
  } catch (error) {
    if (!(error instanceof StepwrightError)) throw error;
    throw new StepwrightError(error.code, `${source.what} asks for state key "${parameter.key}": ${error.message}`, { cause: error.cause });
  }
}

async function fillModel(parameter: Parameter & { gets: 'model' }, source: Filling): Promise<unknown> {
  const value = source.state.get(parameter.key);
  if (isMissing(value)) {
    if (parameter.whenMissing === 'undefined') return undefined;
    if (parameter.whenMissing === 'refuse') throw missing(parameter.key, source);
    return create(parameter, source);
  }
  const id = modelId(value, parameter.key, parameter.models, source);
  const [model] = await source.load(parameter.models, [id]);
  if (!model) throw notFound(parameter.key, parameter.models, id, source);
  return model;
}

async function fillModels(parameter: Parameter & { gets: 'models' }, source: Filling): Promise<unknown[] | undefined> {
  const value = source.state.get(parameter.key);
  if (isMissing(value)) return parameter.whenMissing === 'list' ? [] : undefined;
  if (!Array.isArray(value))
    throw new StepwrightError(
      'bad_value',
      `${source.what} asks for state key "${parameter.key}" as a list of ${names(parameter.models)}, but it holds ${short(value)}.`,
    );
  const ids = value.map((item: Json, index) => modelId(item, `${parameter.key}[${index}]`, parameter.models, source));
  const loaded = await source.load(parameter.models, ids);
  return loaded.map((model, index) => {
    if (!model) throw notFound(`${parameter.key}[${index}]`, parameter.models, ids[index] ?? '', source);
    return model;
  });
}

function create(parameter: Parameter & { gets: 'model' }, source: Source): object {
  const [product, customerId] = [source.state.get('product'), source.state.get('customerId')];
  const [model] = parameter.models;
  if (model && typeof product === 'string' && typeof customerId === 'string') return source.models.create(model, product, customerId);
  const lacking = ['product', 'customerId'].filter((key) => typeof source.state.get(key) !== 'string');
  throw new StepwrightError(
    'missing_key',
    `${source.what} asks for state key "${parameter.key}", which is not there; to create a new ${names(parameter.models)}, the state needs ${lacking.map((key) => `"${key}"`).join(' and ')} as text. The state has ${keyList(source.state)}.`,
  );
}

/** A model is missing where there is no key, and where it holds null. */
function isMissing(value: Json | undefined): value is null | undefined {
  return value === undefined || value === null;
}

/** The id in a state value: a text, `{ $model, id }`, or an object with `subscriptionId`, whose other fields are ignored. */
function modelId(value: Json, key: string, models: readonly ModelClass[], source: Source): string {
  if (typeof value === 'string' && value !== '') return value;
  if (isObject(value)) {
    const id = '$model' in value ? value.id : value.subscriptionId;
    if (typeof id === 'string' && id !== '') return id;
  }
  throw new StepwrightError(
    'bad_value',
    `${source.what} asks for state key "${key}" as ${names(models)}, but it holds ${short(value)}; it must be an id, { $model, id }, or an object with subscriptionId.`,
  );
}

function missing(key: string, source: Source): StepwrightError {
  const there = Object.keys(source.state.toObject());
  return new StepwrightError(
    'missing_key',
    `${source.what} asks for state key "${key}", which is not there.${didYouMean(key, there)} The state has ${keyList(source.state)}. Return it from an earlier step, mark the parameter @optional(), or name another key with @fromState().`,
  );
}

function notFound(key: string, models: readonly ModelClass[], id: string, source: Source): StepwrightError {
  return new StepwrightError(
    'model_not_found',
    `${source.what} asks for state key "${key}": there is no ${names(models)} with the id "${id}".`,
  );
}

function keyList(state: StateView): string {
  const keys = Object.keys(state.toObject());
  return keys.length === 0 ? 'no keys' : `the keys ${keys.sort().join(', ')}`;
}

function names(models: readonly ModelClass[]): string {
  return models.map((model) => model.name).join(' or ');
}

function short(value: Json): string {
  const text = JSON.stringify(value);
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}
