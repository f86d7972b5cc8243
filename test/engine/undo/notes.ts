import { defineWorkflow, type Json, list, type State, type StepContext, step, type Workflow } from 'stepwright';
import { opaque } from '../support.js';

/** What a step, or its undo, does besides being noted. */
type Does = (state: State, ctx: StepContext) => unknown;

/** Steps that note that they were performed, and taken back; each note has the state that it found. */
export class Notes {
  readonly lines: string[] = [];
  readonly states = new Map<string, State>();
  readonly keys = new Map<string, string>();

  /** A step with an undo; both do nothing else, unless told to. */
  step(name: string, does: Does = () => ({ [name]: true }), undoes: Does = () => undefined) {
    const undo = (state: State, ctx: StepContext) => {
      this.lines.push(`undo ${ctx.path}`);
      this.states.set(ctx.path, state);
      this.keys.set(`undo ${ctx.path}`, ctx.idempotencyKey);
      return undoes(state, ctx);
    };
    return step(name, { undo })((state: State, ctx: StepContext) => {
      this.lines.push(ctx.path);
      this.keys.set(ctx.path, ctx.idempotencyKey);
      return opaque(does(state, ctx));
    });
  }

  /** The paths that were taken back, in order. */
  get undone(): readonly string[] {
    return this.lines.flatMap((line) => (line.startsWith('undo ') ? [line.slice('undo '.length)] : []));
  }
}

/** A step that fails, and has nothing to take back. */
export const broken = step('Break')(() => {
  throw new Error('broken');
});

/** A workflow of these steps that is taken back when it fails. */
export function undoing(...steps: Parameters<typeof list>): Workflow {
  return defineWorkflow('undoing', { onFailure: 'undo' }, list(...steps));
}

/** The same changes from a step, whatever its source tells. */
export function gives(changes: { readonly [key: string]: Json }): Does {
  return () => changes;
}
