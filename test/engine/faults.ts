import { StepwrightError } from '../../src/core/error.js';
import type { ProcessStore, ProcessWrite } from '../../src/ports/process-store.js';
import { signal } from './signal.js';

type Method = keyof ProcessStore;

/** What stands around every call of a store: `call` performs it. */
type Around = (method: Method, call: () => Promise<unknown>, args: readonly unknown[]) => Promise<unknown>;

const WRITING: readonly Method[] = ['commit', 'claim', 'keepAlive', 'removeRunner'];

/** The same store, with something around its calls. */
export function around(store: ProcessStore, wrap: Around): ProcessStore {
  return new Proxy(store, {
    get(target, key) {
      const method = Reflect.get(target, key) as (...args: unknown[]) => Promise<unknown>;
      return (...args: unknown[]) => wrap(key as Method, () => method.apply(target, args), args);
    },
  });
}

/** The same store, and what is committed through it, group by group. */
export function recorded(store: ProcessStore): { readonly store: ProcessStore; readonly groups: (readonly ProcessWrite[])[] } {
  const groups: (readonly ProcessWrite[])[] = [];
  return {
    groups,
    store: around(store, async (method, call, [batch]) => {
      const result = await call();
      if (method === 'commit') groups.push(batch as readonly ProcessWrite[]);
      return result;
    }),
  };
}

/** Where a runner dies: at its n-th write (from 1), before that is stored or right after. */
export interface Cut {
  readonly at: number;
  readonly stored: boolean;
}

/**
 * The store of a runner that dies: from the cut on no call is answered any more, and nothing is stored.
 *
 * Claims and heartbeats are writes too. `died` resolves when the cut is reached.
 */
export function dying(store: ProcessStore, { at, stored }: Cut): { readonly store: ProcessStore; readonly died: Promise<void> } {
  const death = signal();
  const never = new Promise<never>(() => undefined);
  let writes = 0;
  let dead = false;
  return {
    died: death.given,
    store: around(store, async (method, call) => {
      if (dead) return never;
      if (!WRITING.includes(method) || ++writes < at) return call();
      dead = true;
      if (stored) await call();
      death.give();
      return never;
    }),
  };
}

/**
 * The store of a runner that stands still at its n-th write (from 1), with all its calls, until it is let go on: late, as after a long
 * pause of its machine. `paused` resolves when it stands still.
 */
export function pausing(store: ProcessStore, at: number): { readonly store: ProcessStore; readonly paused: Promise<void>; goOn(): void } {
  const [pause, end] = [signal(), signal()];
  let writes = 0;
  return {
    paused: pause.given,
    goOn: end.give,
    store: around(store, async (method, call) => {
      if (WRITING.includes(method)) writes++;
      if (writes >= at) {
        pause.give();
        await end.given;
      }
      return call();
    }),
  };
}

/** What happens to a commit that fails: nothing of it is stored, or it is and only the answer gets lost. */
export type Loss = 'refused' | 'answer lost';

/** A store that fails at one commit (from 1), and at no other; `failed` tells whether it has. */
export function failingOnce(store: ProcessStore, at: number, loss: Loss): { readonly store: ProcessStore; readonly failed: () => boolean } {
  let commits = 0;
  return {
    failed: () => commits >= at,
    store: around(store, async (method, call) => {
      if (method !== 'commit' || ++commits !== at) return call();
      if (loss === 'answer lost') await call();
      // Nobody knows then whether it was stored.
      throw new StepwrightError('store_unavailable', 'the disk is gone', { retryable: true });
    }),
  };
}
