import { defineWorkflow, list, openService, step } from 'stepwright';

/** What is run: processes at once, each of so many steps. */
export interface Load {
  readonly steps: number;
  /** @default 1 */
  readonly processes?: number;
  /** What is in the state besides the number that every step raises. */
  readonly ballast?: object;
}

/** When things happened, in milliseconds. */
export interface Times {
  /** The steps were let go. */
  readonly start: number;
  /** Each step's function was called: what the step before it gave is durable then, and its own start too. */
  readonly entered: readonly number[];
}

export const WORKFLOW = 'count';

/** The name of a counted step; the first is 1. */
export function stepName(number: number): string {
  return `Count ${number}`;
}

/**
 * Runs processes in a new database, each of whose steps raises one number.
 *
 * They all wait in their second step until the last of them has come there, so that neither opening the database nor starting the
 * processes takes part in the times.
 */
export async function timeSteps(database: string, { steps, processes = 1, ballast = {} }: Load): Promise<Times> {
  const entered: number[] = [];
  let start = 0;
  let there = 0;
  let letGo = (): void => undefined;
  const gate = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  const ready = () => {
    if (++there === processes) {
      start = performance.now();
      letGo();
    }
    return gate;
  };
  const count = (n: number) => {
    entered.push(performance.now());
    return { n: n + 1 };
  };
  const counted = Array.from({ length: steps }, (_, index) => step(stepName(index + 1))(count));
  const body = list(
    step('Load')(() => ({ ...ballast, n: 0 })),
    step('Ready')(ready),
    ...counted,
  );

  const { engine, close } = await openService({ workflows: [defineWorkflow(WORKFLOW, {}, body)], database: { database } });
  try {
    const started = await Promise.all(Array.from({ length: processes }, () => engine.start(WORKFLOW)));
    const settled = await Promise.all(started.map(({ id }) => engine.settled(id)));
    const broken = settled.find(({ status }) => status !== 'completed');
    if (broken) throw new Error(`a process ended as ${broken.status}: ${broken.failure?.message}`);
  } finally {
    await close();
  }
  return { start, entered };
}

/** How long a step took, the mean of all. */
export function perStep({ start, entered }: Times): number {
  const end = entered.at(-1);
  if (end === undefined) throw new RangeError('no step was run');
  return (end - start) / entered.length;
}
