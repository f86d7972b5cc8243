import type { Walked } from '../node.js';
import type { GraphNode, Task } from './graph.js';
import { judge, type TaskEnd } from './trigger-rule.js';

/**
 * Runs tasks as soon as what comes before them has ended.
 * @param isDecided whether it is settled that a task runs, whatever its rule says
 * @param run is told whether something before the task has failed; it gives undefined where the task can't be given a state
 * @returns what each gave, by place; undefined for those that could not run, or not yet
 */
export function runTasks(
  { tasks, order }: GraphNode,
  isDecided: (place: number) => boolean,
  run: (place: number, despite: boolean) => Promise<Walked | undefined>,
): Promise<readonly (Walked | undefined)[]> {
  const after: number[][] = tasks.map(() => []);
  for (const [place, before] of order.before.entries()) for (const other of before) (after[other] as number[]).push(place);
  const missing = order.before.map((before) => before.length);
  const ends = Array<TaskEnd | undefined>(tasks.length).fill(undefined);
  const results = Array<Walked | undefined>(tasks.length).fill(undefined);
  const ready = order.sorted.filter((place) => missing[place] === 0);
  let running = 0;
  return new Promise((resolve, reject) => {
    const end = (place: number, how: TaskEnd) => {
      ends[place] = how;
      for (const next of after[place] as number[]) if (--(missing[next] as number) === 0) ready.push(next);
    };
    const start = (place: number, despite: boolean) => {
      running++;
      run(place, despite).then((walked) => {
        running--;
        results[place] = walked;
        const how = walked && endOf(walked);
        if (how) end(place, how);
        advance();
      }, reject);
    };
    const advance = () => {
      for (let place = ready.shift(); place !== undefined; place = ready.shift()) {
        const before = (order.before[place] as readonly number[]).map((other) => ends[other] as TaskEnd);
        const verdict = isDecided(place) ? 'run' : judge((tasks[place] as Task).rule, before);
        if (verdict === 'run') {
          start(
            place,
            before.some((one) => one === 'failed' || one === 'not_run'),
          );
          continue;
        }
        if (verdict === 'skipped') results[place] = { kind: 'skipped', reason: 'its rule does not hold' };
        end(place, verdict);
      }
      if (running === 0) resolve(results);
    };
    advance();
  });
}

/** How a task ended for those after it; undefined while it stands, or was cancelled and is to be performed again. */
function endOf({ kind }: Walked): TaskEnd | undefined {
  return kind === 'success' || kind === 'skipped' || kind === 'failed' ? kind : undefined;
}
