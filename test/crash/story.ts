import type { StepRecord } from '../../src/core/journal.js';
import { isDone } from '../../src/core/outcome.js';
import type { StoredFact } from '../../src/ports/process-store.js';
import type { Effect } from './protocol.js';
import type { Story } from './scene.js';

/*
 * What the facts about a path may say, one word after another: a fact of a step that ended is called by its outcome, and each start of one
 * that is cut off is followed by another. A path that is not here is a plain step's.
 */

const FAILED = /^(started )+failed $/;
const PLAIN = /^(started )+success $/;

const GRAMMAR: readonly (readonly [path: RegExp, facts: RegExp])[] = [
  [/Left alone#undo$/, /^(started )+(waiting cleared (started )+)?success $/],
  [/Child#undo$/, /^(started )+skipped $/],
  [/#undo$/, PLAIN],
  [/#lock$/, /^(cleared )*$/],
  [/\/Probe$/, /^((started )+waiting cleared )?(started )+success $/],
  [/(Settle|Stay)$/, /^(waiting cleared )?success $/],
  [/Approve$/, /^suspended answered $/],
  [/(Order|Early)$/, /^(started )+(callback_answered (started )*(success|awaiting_callback)|awaiting_callback callback_answered) $/],
  [/Be held$/, /^(started )+awaiting_callback $/],
  [/^Child$/, /^(waiting cleared )?success $/],
  [/^Left alone$/, /^success $/],
  [/Break$/, FAILED],
];

/** The steps whose failure has all taken back. */
const LAST = /^(End|All\/Fail)$/;

/**
 * What is wrong with a process that has come to its end: facts that are missing, doubled or out of order, and effects that were doubled
 * without need.
 * @param killed the workers that were
 */
export function faultsOf({ row, records, facts, waits, children, effects }: Story, killed: readonly number[]): readonly string[] {
  const faults: string[] = waits.map(({ path }) => `${path} is waited for`);
  const told = new Map(records.map(({ path }) => [path, '']));
  const starts = new Map<string, number>();
  const ended = new Set<string>();
  for (const fact of facts) {
    const { path, data } = fact;
    if (path === undefined) continue;
    const { attempt = 0 } = (data ?? {}) as { attempt?: number };
    told.set(path, `${told.get(path) ?? ''}${wordOf(fact)} `);
    if (fact.type === 'step_started') {
      if (attempt !== (starts.get(path) ?? 0) + 1) faults.push(`${path}: attempt ${attempt} follows ${starts.get(path) ?? 0}`);
      starts.set(path, attempt);
    }
    if (fact.type === 'step_ended') ended.add(`${path}@${attempt}`);
  }
  for (const record of records) {
    const { path, decision } = record;
    const words = told.get(path) ?? '';
    const isOwn = decision !== undefined || path === '#start' || path.endsWith('#callback');
    const isBad = row.status === 'undone' && LAST.test(path);
    const grammar = isBad ? FAILED : (GRAMMAR.find(([paths]) => paths.test(path))?.[1] ?? PLAIN);
    if (isOwn ? !/^(cleared )*$/.test(words) : !grammar.test(words)) faults.push(`${path}: ${words}`);
  }
  faults.push(...wrongStatuses(facts, row.status));
  const parents = children.map(({ parent }) => parent?.path);
  if (new Set(parents).size < parents.length) faults.push(`it has the children of ${parents.join(', ')}`);
  faults.push(...wrongOrder(facts, records), ...doubled(row.id, effects, starts, ended, killed));
  return faults;
}

function wordOf({ type, data }: StoredFact): string {
  const { outcome } = (data ?? {}) as { outcome?: string };
  return type === 'step_ended' && outcome !== undefined ? outcome : type.replace('step_', '');
}

function wrongStatuses(facts: readonly StoredFact[], last: string): readonly string[] {
  const statuses = facts.flatMap(({ type, data }) => (type === 'process_status' ? [(data as { status: string }).status] : []));
  const created = facts.flatMap(({ type }, index) => (type === 'process_created' ? [index] : []));
  const isTwice = statuses.some((status, index) => status === statuses[index - 1]);
  const isWrong = created.join() !== '0' || isTwice || statuses.at(-1) !== last;
  return isWrong ? [`the process was created ${created.length} times, then ${statuses.join(', ')}; it is ${last}`] : [];
}

/** Undos begin with what was left open, and then what ended last comes first. */
function wrongOrder(facts: readonly StoredFact[], records: readonly StepRecord[]): readonly string[] {
  const undone = facts.flatMap(({ type, path }) => (type === 'step_started' && path?.endsWith('#undo') ? [path] : []));
  const ends = [...new Set(undone)].map((path) => {
    const record = records.find((one) => `${one.path}#undo` === path);
    const isOver = record?.retired || (record?.outcome && isDone(record.outcome));
    return { path, end: isOver ? (record?.endedAt ?? 0) : Number.POSITIVE_INFINITY };
  });
  return ends.flatMap(({ path, end }, index) => (end > (ends[index - 1]?.end ?? end) ? [`${path} came too late`] : []));
}

/** An effect is doubled only where its step had started and was not recorded when its worker was killed; then key and token are the same. */
function doubled(
  process: string,
  effects: readonly Effect[],
  starts: ReadonlyMap<string, number>,
  ended: ReadonlySet<string>,
  killed: readonly number[],
): readonly string[] {
  return effects.flatMap((effect, index) => {
    const { path, key, attempt, token, worker } = effect;
    const next = effects.slice(index + 1).find((later) => later.path === path);
    const faults: string[] = [];
    if (key !== `${process}:${encodeURIComponent(path.replace(/#undo$/, ''))}`) faults.push(`${path} has the key ${key}`);
    if (attempt > (starts.get(path) ?? 0)) faults.push(`${path}: attempt ${attempt} was not recorded before it was made`);
    if (!ended.has(`${path}@${attempt}`) && !killed.includes(worker)) faults.push(`${path}: attempt ${attempt} has no end`);
    if (next && next.attempt <= attempt) faults.push(`${path}: attempt ${attempt} was made twice`);
    if (next && next.token !== token) faults.push(`${path} had two tokens`);
    return faults;
  });
}

/** How a process ended, without what differs from one run to another: ids, times, attempts, and the order of what goes side by side. */
export function portrait({ row, state, records, children, effects, ports }: Story): unknown {
  const kept = {
    status: row.status,
    failure: row.failure?.message,
    state,
    records: records
      .filter(({ path }) => !path.endsWith('#callback'))
      .map(({ path, outcome, decision, retired }) => ({ path, end: outcome?.kind, decision, retired }))
      .sort(by(({ path }) => path)),
    children: children.map(({ parent, workflow, status }) => ({ path: parent?.path, workflow, status })).sort(by(({ path }) => path ?? '')),
    effects: [...new Set(effects.map(({ path }) => path))].sort(),
    ports: ports
      .map(({ description, uses, version, status }) => ({ description, uses, version, status }))
      .sort(by((port) => port.description)),
  };
  const text = JSON.stringify(kept, (key, value: unknown) => (key === 'stack' ? undefined : value));
  return JSON.parse(text.replaceAll(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, 'some-id'));
}

function by<T>(key: (one: T) => string): (a: T, b: T) => number {
  return (a, b) => (key(a) < key(b) ? -1 : 1);
}

/** Who did something between a lock's holder beginning and ending to hold it; empty where each had it to itself. */
export function overlaps(effects: readonly Effect[]): readonly string[] {
  const holders = new Map<string, string[]>();
  for (const { key, path, locks = [] } of effects) {
    // A lock is held for a composition: what lies beside the step.
    const holder = `${key.slice(0, key.indexOf(':'))} ${path.slice(0, path.lastIndexOf('/'))}`;
    for (const lock of locks) {
      const before = holders.get(lock) ?? [];
      if (before.at(-1) !== holder) holders.set(lock, [...before, holder]);
    }
  }
  return [...holders].flatMap(([lock, all]) =>
    all.filter((holder, index) => all.indexOf(holder) < index).map((holder) => `${lock}: ${holder}`),
  );
}
