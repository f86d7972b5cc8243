import { ask, inputStep, type Node, type StepContext, step } from 'stepwright';
import { type Signal, signal } from '../signal.js';
import { Confirm, opaque } from '../support.js';

/** A body that is held open: it has begun when `begun` is given, and ends when the test says so. */
export interface Held {
  readonly begun: Signal;
  readonly end: Signal;
  /** The signal that it was given, once it has begun. */
  signal: AbortSignal | undefined;
}

/** Makes steps, and keeps what was performed, in order, by path. */
export class Deeds {
  readonly performed: string[] = [];
  readonly held = new Map<string, Held>();

  /** How often the body at a path was performed. */
  count(path: string): number {
    return this.performed.filter((one) => one === path).length;
  }

  /** A step that gives these changes; a function gets the state. */
  step(name: string, changes: object | ((state: object) => object | undefined) = {}): Node {
    const { performed } = this;
    return step(name)((ctx: StepContext, state: object) => {
      performed.push(ctx.path);
      return opaque(typeof changes === 'function' ? changes(state) : changes);
    });
  }

  /** A step that fails so often, and then gives these changes. */
  failing(name: string, times: number, changes: object = {}): Node {
    const { performed } = this;
    return step(name)((ctx: StepContext) => {
      performed.push(ctx.path);
      if (ctx.attempt <= times) throw new Error(`${name} breaks`);
      return opaque(changes);
    });
  }

  /** A step whose body is held open at each of its paths, and fails when it is told to stop, if it minds that. */
  hold(name: string, changes: object = {}, { minds = false } = {}): Node {
    return step(name)(async (ctx: StepContext) => {
      this.performed.push(ctx.path);
      const own = this.at(ctx.path);
      own.signal = ctx.signal;
      own.begun.give();
      await (minds ? Promise.race([own.end.given, told(ctx.signal)]) : own.end.given);
      if (minds && ctx.signal.aborted) throw new Error('told to stop');
      return opaque(changes);
    });
  }

  /** The held body at a path, whether it has begun or not. */
  at(path: string): Held {
    const own = this.held.get(path) ?? { begun: signal(), end: signal(), signal: undefined };
    this.held.set(path, own);
    return own;
  }
}

function told(signal: AbortSignal): Promise<unknown> {
  return new Promise((resolve) => {
    signal.addEventListener('abort', resolve);
  });
}

/** A step that asks for approval, and puts the answer under this key. */
export function form(name: string, key = 'approved'): Node {
  return inputStep(name)(function* () {
    const { approved } = yield* ask(Confirm);
    return { [key]: approved };
  });
}
