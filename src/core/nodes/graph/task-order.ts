/** The tasks by place: what comes right before each, and an order in which each comes after those (ties as declared). */
export interface Order {
  readonly before: readonly (readonly number[])[];
  readonly sorted: readonly number[];
}

/**
 * Puts tasks in the order of what comes before them; of those that could come next, the one that is declared first does.
 * @returns the order, or the places of a circle, the first of them once more at its end
 */
export function orderTasks(before: Order['before']): Order | { readonly circle: readonly number[] } {
  const after: number[][] = before.map(() => []);
  for (const [place, others] of before.entries()) for (const other of others) (after[other] as number[]).push(place);
  const missing = before.map((others) => others.length);
  const ready = missing.flatMap((count, place) => (count === 0 ? [place] : [])).reverse();
  const sorted: number[] = [];
  for (let place = ready.pop(); place !== undefined; place = ready.pop()) {
    sorted.push(place);
    for (const next of after[place] as number[]) if (--(missing[next] as number) === 0) insert(ready, next);
  }
  return sorted.length === before.length ? { before, sorted } : { circle: circleIn(before, missing) };
}

/** Keeps the last one the smallest. */
function insert(descending: number[], place: number): void {
  let [low, high] = [0, descending.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((descending[middle] as number) > place) low = middle + 1;
    else high = middle;
  }
  descending.splice(low, 0, place);
}

/** Going back from any task that never became ready, one always comes to another such, and so at last to one met before. */
function circleIn(before: Order['before'], missing: readonly number[]): readonly number[] {
  const way: number[] = [];
  let at = missing.findIndex((count) => count > 0);
  while (!way.includes(at)) {
    way.push(at);
    at = (before[at] as readonly number[]).find((other) => (missing[other] as number) > 0) as number;
  }
  return [at, ...way.slice(way.indexOf(at)).reverse()];
}
