import { afterAll, describe, expect, it } from 'vitest';
import { SeededRandom } from '../../src/testing/seeded-random.js';
import { signal } from '../engine/signal.js';
import type { Start } from './protocol.js';
import { Stages } from './stages.js';
import type { Ended } from './workers.js';

/** Where a worker dies, one after another: before and after each kind of write, and between a step's effect and its commit. */
const MOMENTS = [
  'process_created:',
  'A:effect',
  'A:step_ended',
  'process_status:waiting',
  'B:step_cleared',
  'Ask:step_answered',
  'C:effect',
  'C:step_ended',
  'E:effect',
];

const TIMEOUT = 180_000;

const stages = new Stages();

afterAll(() => stages.close());

function crashing(processes: number): readonly Start[] {
  return Array.from({ length: processes }, (_, index) => ({ workflow: 'crashing', idempotencyKey: `process ${index}` }));
}

/** The processes that a worker went on with in its first look, without waiting for anything. */
function takenAtOnce({ reports }: Ended): readonly string[] {
  const end = reports.findIndex((report) => 'moved' in report);
  const first = end === -1 ? reports : reports.slice(0, end + 1);
  return first.flatMap((report) => ('moved' in report ? report.moved : 'fact' in report ? [report.fact.id] : []));
}

describe.concurrent('A service that is killed', () => {
  it(
    'at every boundary of a step goes on where it was, at once, and repeats nothing that is stored',
    async () => {
      const { scene, workers } = await stages.open();
      for (const dieAt of MOMENTS) {
        const left = dieAt === MOMENTS[0] ? [] : await scene.unfinished();
        const ended = await workers.run({ starts: crashing(1), dieAt });
        expect({ dieAt, signal: ended.signal }).toEqual({ dieAt, signal: 'SIGKILL' });
        expect(takenAtOnce(ended)).toEqual(expect.arrayContaining([...left]));
      }
      expect(await workers.runLast({ starts: crashing(1) })).toMatchObject({ code: 0 });
      const [only = '', ...more] = await scene.ids();
      expect(more).toEqual([]);
      expect(await scene.faults(only)).toEqual([]);
    },
    TIMEOUT,
  );

  it(
    'at random moments, again and again, ends every process as if nothing had happened',
    async () => {
      const { scene, workers } = await stages.open();
      const seed = Date.now();
      const random = new SeededRandom(seed);
      for (let kills = 0; kills < 3; kills++) {
        const left = kills === 0 ? [] : await scene.unfinished();
        const lines = 1 + Math.floor(random.number() * 80);
        const ended = await workers.run({ starts: crashing(8) }, (reported, kill) => reported === lines && kill());
        if (ended.reports.some((report) => 'moved' in report))
          expect(takenAtOnce(ended), `seed ${seed}`).toEqual(expect.arrayContaining([...left]));
      }
      expect(await workers.runLast({ starts: crashing(8) })).toMatchObject({ code: 0 });
      const ids = await scene.ids();
      expect(ids).toHaveLength(8);
      for (const id of ids) expect(await scene.faults(id), `seed ${seed}`).toEqual([]);
    },
    TIMEOUT,
  );

  it(
    'while another works on the same database leaves everything to that one, and nothing is done by both',
    async () => {
      const { scene, workers } = await stages.open();
      const [one, other] = [workers.spawn(), workers.spawn()];
      await Promise.all([one.loaded(), other.loaded()]);
      const together = signal();
      const killed = one.run({ starts: crashing(8) }, (reported, kill) => {
        if (reported === 10) together.give();
        if (reported === 35) kill();
      });
      await together.given;
      expect(await other.run({ starts: crashing(8) })).toMatchObject({ code: 0 });
      expect(await killed).toMatchObject({ signal: 'SIGKILL' });
      const ids = await scene.ids();
      expect(ids).toHaveLength(8);
      for (const id of ids) expect(await scene.faults(id)).toEqual([]);
    },
    TIMEOUT,
  );
});
