import type { StepRecord } from '../../../core/journal.js';
import { isObject } from '../../../core/json.js';
import { kindOf } from '../../../core/nodes/kinds.js';
import type { LeftOut, Node, Placed } from '../../../core/nodes/node.js';
import { EDIT_PREFIX, isStepPath, join, START_PATH, UNDO_PATH, undoPath } from '../../../core/path.js';
import { isEnded } from '../../../core/process.js';
import type { Workflow } from '../../../core/workflow.js';
import type { ProcessDetails } from '../../../engine/process-details.js';
import type { StepStatus } from '../output/marks.js';
import { pathRows } from './path-rows.js';
import { RecordTree } from './record-tree.js';
import { endOf, isBegun, isLeftOut, summaryOf } from './row-status.js';

/** A line of a process's tree, as it stands. */
export interface StepRow {
  /** A kind of node; an item, a loop, a branch, case or task; a person's edit of the state; or unknown, where the workflow is not loaded. */
  readonly kind: Node['kind'] | 'item' | 'loop' | 'branch' | 'edit' | 'unknown';
  readonly path: string;
  readonly status: StepStatus;
  /** Why it was left out. */
  readonly reason?: string;
  /** Absent where it has not been reached, and for what records nothing of its own. */
  readonly record?: StepRecord;
  /** How often it was tried, where that was more than once; to wake up from a wait is no attempt. */
  readonly attempts?: number;
  /** How it was taken back. */
  readonly undo?: StepRecord;
  readonly undoStatus?: StepStatus;
  /** The process that it started. */
  readonly child?: string;
  /** Whether it is one of many alike. */
  readonly instance?: 'item' | 'loop';
  /** Set where it was walked, and does not count any more: its failure is handled. */
  readonly isPast?: true;
  readonly rows: readonly StepRow[];
}

/**
 * A process over its workflow's tree, where that is loaded: every node in declared order, items and loops as far as they were begun; and
 * whatever else is recorded.
 *
 * A record without an outcome is a step that runs, or that was cleared to be tried again; in a process that has ended it was cut off.
 */
export function stepRows(details: ProcessDetails, workflow: Workflow | undefined): readonly StepRow[] {
  const rows = new Rows(details);
  const declared = workflow ? rows.of(workflow.body, '') : [];
  const others = rows.others();
  const reached = declared.findLastIndex(isBegun) + 1;
  return [...declared.slice(0, reached), ...others, ...declared.slice(reached)];
}

/** Every row, those above before those inside. */
export function allRows(rows: readonly StepRow[]): readonly StepRow[] {
  return rows.flatMap((row) => [row, ...allRows(row.rows)]);
}

class Rows {
  readonly #details: ProcessDetails;
  readonly #tree: RecordTree;
  readonly #met = new Set<string>();
  readonly #edits = new Map<string, StepRecord[]>();

  constructor(details: ProcessDetails) {
    this.#details = details;
    this.#tree = new RecordTree(details.records);
    for (const record of details.records.filter(({ path }) => path.startsWith(EDIT_PREFIX))) {
      const before = isObject(record.decision) ? String(record.decision.before) : '';
      this.#edits.set(before, [...(this.#edits.get(before) ?? []), record]);
    }
  }

  /** The rows of a node: one, or for a transparent one those inside it. */
  of(node: Node, at: string): readonly StepRow[] {
    if (node.kind === 'step') return this.#step(node, join(at, node.name));
    const rows = [...this.#own(node, join(at, node.mark)), ...this.#inside(node, at)];
    return node.name === undefined ? rows : [this.#heading(node.kind, join(at, node.name), rows)];
  }

  /** What is recorded where the workflow has no node, or all there is, where it is not loaded. */
  others(): readonly StepRow[] {
    const left = this.#details.records.filter((record) => !this.#met.has(record.path) && isWorthARow(record));
    const edits = [...this.#edits].filter(([before]) => !this.#met.has(before)).flatMap(([, records]) => records.map(editRow));
    return [
      ...edits,
      ...pathRows(
        left.map((record) => this.#stepRow('unknown', record.path, record)),
        (path) => this.#tree.get(path)?.outcome?.kind,
      ),
    ];
  }

  #step(node: Extract<Node, { kind: 'step' }>, path: string): readonly StepRow[] {
    this.#met.add(path);
    const { attempts, ...row } = this.#stepRow('step', path, this.#tree.get(path));
    const isTried = attempts !== undefined && node.action.kind !== 'child' && node.action.kind !== 'sleep';
    const child = node.action.kind === 'child' ? childOf(row.record, node.action.child.resultKey) : undefined;
    const more = { ...(isTried ? { attempts } : {}), ...(child === undefined ? {} : { child }) };
    return [...(this.#edits.get(path) ?? []).map(editRow), { ...row, ...more }];
  }

  #stepRow(kind: StepRow['kind'], path: string, record: StepRecord | undefined): StepRow {
    const undo = this.#tree.get(undoPath(path));
    return {
      kind,
      path,
      status: record ? this.#statusOf(record) : 'not_reached',
      ...(record ? { record } : {}),
      ...(record && record.attempt > 1 && record.decision === undefined ? { attempts: record.attempt } : {}),
      ...(undo ? { undo, undoStatus: this.#statusOf(undo) } : {}),
      rows: [],
    };
  }

  #statusOf({ outcome }: StepRecord): StepStatus {
    const { status, claimedBy } = this.#details;
    if (outcome) return outcome.kind;
    if (isEnded(status)) return status === 'aborted' ? 'aborted' : 'cancelled';
    return claimedBy === undefined ? 'not_reached' : 'running';
  }

  /** What a composition records besides its end: the locks that it took, and a condition that could not be asked. */
  #own(node: Node, path: string): readonly StepRow[] {
    const record = this.#tree.get(path);
    if (!record || path === '' || isStepPath(path)) return [];
    this.#met.add(path);
    const hasLocks = node.kind === 'withLock' && Array.isArray(record.decision) && record.decision.length > 0;
    return hasLocks || record.outcome?.kind === 'failed' ? [this.#stepRow(node.kind, path, record)] : [];
  }

  #heading(kind: StepRow['kind'], path: string, rows: readonly StepRow[]): StepRow {
    this.#met.add(path);
    const record = this.#tree.get(path);
    const summary = summaryRow(kind, path, rows);
    return { ...summary, status: record?.outcome?.kind ?? summary.status, ...(record ? { record } : {}) };
  }

  /** The rows of a node's children; those that are left out say why. */
  #inside(node: Node, at: string): readonly StepRow[] {
    const path = node.name === undefined ? at : join(at, node.name);
    const kind = kindOf(node);
    const children = kind.children(node, at).map((child) => this.#placed(child, path));
    if (!kind.leftOut) return children.flat();
    const ends = children.map((rows) => endOf(rows));
    const out = kind.leftOut(node, at, { get: (one) => this.#tree.get(one), ends });
    return children.flatMap((rows, place) => leaveOut(rows, out[place]));
  }

  #placed({ node, at }: Placed, path: string): readonly StepRow[] {
    if (at.endsWith('[]') || at.endsWith('#')) {
      const instance = at.endsWith('#') ? 'loop' : 'item';
      return this.#tree.instances(at).map((one) => ({ ...this.#place(instance, node, one), instance }));
    }
    return at === path ? this.of(node, at) : [this.#place('branch', node, at)];
  }

  /** A place with a path of its own; what is alone in it stands for it. */
  #place(kind: 'item' | 'loop' | 'branch', node: Node, at: string): StepRow {
    const rows = this.of(node, at);
    const [only, ...others] = rows;
    return only && others.length === 0 && only.instance === undefined ? only : summaryRow(kind, at, rows);
  }
}

/** Steps, and compositions that stand; other decisions, the answers of the start, and what stands beside a step show elsewhere. */
function isWorthARow({ path, decision, outcome }: StepRecord): boolean {
  if (path === START_PATH || path === UNDO_PATH || path.startsWith(EDIT_PREFIX) || path.endsWith('#undo') || path.endsWith('#callback'))
    return false;
  return (decision === undefined && isStepPath(path)) || outcome?.kind === 'failed' || outcome?.kind === 'waiting';
}

/** A heading, which stands as the rows below it do. */
function summaryRow(kind: StepRow['kind'], path: string, rows: readonly StepRow[]): StepRow {
  const status = summaryOf(rows);
  const reason = isLeftOut(status) ? rows.find((row) => row.status === status)?.reason : undefined;
  return { kind, path, status, ...(reason === undefined ? {} : { reason }), rows };
}

function leaveOut(rows: readonly StepRow[], out: LeftOut | undefined): readonly StepRow[] {
  if (!out) return rows;
  if (rows.some(isBegun)) return rows.map((row) => ({ ...row, isPast: true }));
  return rows.map((row) => ({ ...row, status: out.kind, reason: out.reason, rows: leaveOut(row.rows, out) }));
}

function editRow(record: StepRecord): StepRow {
  const reason = isObject(record.decision) ? String(record.decision.reason) : '';
  return { kind: 'edit', path: record.path, status: 'answered', reason, record, rows: [] };
}

/** The process that a step started, as it is recorded: while it is waited for, and after that. */
function childOf(record: StepRecord | undefined, key: string): string | undefined {
  const { outcome } = record ?? {};
  if (outcome?.kind === 'waiting') return outcome.child;
  const changed = outcome?.kind === 'success' ? outcome.changes.set[key] : undefined;
  if (isObject(changed)) return String(changed.id);
  const details = outcome?.kind === 'failed' ? outcome.failure.details : undefined;
  return outcome?.kind === 'failed' && outcome.failure.code === 'child_failed' && isObject(details) ? String(details.process) : undefined;
}
