/** Which of the running functions ends next, by its place among their paths. */
export type Pick = (running: readonly string[]) => number;

/** So many turns without anything to do, and a walk counts as hanging. */
const PATIENCE = 20;

/** The functions of steps that run side by side; one of them ends at each turn. */
export class Bodies {
  /** The paths of those that ran at the same time, each time that one was started. */
  readonly together: (readonly string[])[] = [];
  readonly #pick: Pick;
  readonly #running: { readonly path: string; readonly end: () => void }[] = [];

  constructor(pick: Pick) {
    this.#pick = pick;
  }

  /** Runs a function: what it does, it does when it is its turn to end. */
  async run<T>(path: string, body: () => Promise<T>): Promise<T> {
    await new Promise<void>((resolve) => {
      this.#running.push({ path, end: resolve });
      this.together.push(this.#running.map((one) => one.path));
    });
    return body();
  }

  /** Lets one function after another end, until a walk has ended. */
  async until<T>(walking: Promise<T>): Promise<T> {
    let isOver = false;
    const over = () => {
      isOver = true;
    };
    walking.then(over, over);
    for (let idle = 0; ; ) {
      await nextTurn();
      if (isOver) return walking;
      const paths = this.#running.map(({ path }) => path);
      idle = paths.length > 0 ? 0 : idle + 1;
      if (idle > PATIENCE) throw new Error('the walk hangs: nothing runs, and it has not ended');
      if (paths.length > 0) this.#running.splice(this.#pick(paths) % paths.length, 1)[0]?.end();
    }
  }
}

/** Resolves when everything that can go on by itself has done so. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
