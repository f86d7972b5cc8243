import type { State } from '../state.js';

const LONGEST = 60;

/** What a short function of the state gives, as it is written: `state.linkUp === true`; undefined where that is more than an expression. */
export function expressionOf(fn: (state: State) => unknown): string | undefined {
  const text = Function.prototype.toString.call(fn).replaceAll(/\s+/g, ' ');
  const body = /^(?:\w+|\([^()]*\)) ?=> ?(?![{ ])(.+)$/.exec(text)?.[1]?.trim();
  return body !== undefined && body.length <= LONGEST ? body : undefined;
}

/** Words for how branches go side by side, where that is not as usual. */
export function branchWords(maxWorkers: number, failFast: boolean, merges: boolean): readonly string[] {
  return [
    ...(Number.isFinite(maxWorkers) ? [`at most ${maxWorkers} at once`] : []),
    ...(failFast ? ['stops at the first failure'] : []),
    ...(merges ? ['merges what differs'] : []),
  ];
}
