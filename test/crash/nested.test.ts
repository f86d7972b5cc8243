import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SeededRandom } from '../../src/testing/seeded-random.js';
import { ENDINGS } from './nested.js';
import type { Start } from './protocol.js';
import type { Scene } from './scene.js';
import { Stages } from './stages.js';
import { faultsOf, overlaps, portrait } from './story.js';
import type { Workers } from './workers.js';

/**
 * Where a worker dies, one after another, with a process that is taken back in the end: wherever something is done outside and not yet
 * stored, and wherever two writes belong together.
 */
const MOMENTS = [
  'Rounds#1/Sites[0]/Both/build/Build:effect',
  'Rounds#2/Sites[1]/Both/probe/Probe:step_cleared',
  'Tasks/order/Order:callback_answered',
  'Guarded/Leave:effect',
  'called back',
  'Grow:effect',
  'process_status:undoing',
  'End#undo:effect',
  'Left alone#undo:step_ended',
  'Rounds#1/Sites[0]/Both/build/Use#undo:effect',
];

const TIMEOUT = 180_000;

const stages = new Stages();

function starting(workflow: string, endings: readonly string[]): readonly Start[] {
  return endings.map((ending, index) => ({ workflow, input: { ending }, idempotencyKey: `process ${index}` }));
}

/** What is wrong at the end of all, apart from each process's own faults. */
async function faults({ scene, workers }: { readonly scene: Scene; readonly workers: Workers }): Promise<readonly string[]> {
  const stories = await scene.stories();
  const held = (await scene.locks()).map(({ key, process }) => `${key} is held by ${process}`);
  return [...stories.flatMap((story) => faultsOf(story, workers.killed)), ...overlaps(scene.effects), ...held];
}

describe.concurrent('A service with nested compositions that is killed', () => {
  /** How processes end that nothing disturbs, by the idempotency key of the start. */
  let undisturbed: readonly unknown[];

  beforeAll(async () => {
    const quiet = await stages.open();
    expect(await quiet.workers.runLast({ starts: starting('nested', ENDINGS) })).toMatchObject({ code: 0 });
    expect(await faults(quiet)).toEqual([]);
    undisturbed = await portraits(quiet.scene);
  }, TIMEOUT);

  afterAll(() => stages.close());

  /** The processes that were started by nobody but us, with their children, each as it ended. */
  async function portraits(scene: Scene): Promise<readonly unknown[]> {
    const stories = await scene.stories();
    const parents = stories.filter(({ row }) => row.parent === undefined);
    return parents
      .toSorted((a, b) => ((a.row.idempotencyKey ?? '') < (b.row.idempotencyKey ?? '') ? -1 : 1))
      .map((story) => [portrait(story), ...stories.filter(({ row }) => row.parent?.process === story.row.id).map(portrait)]);
  }

  it(
    'between an effect and its commit, and between writes that belong together, takes all back once',
    async () => {
      const crew = await stages.open();
      const starts = starting('nested', ['badly']);
      for (const dieAt of MOMENTS) {
        const { signal } = await crew.workers.run({ starts, dieAt });
        expect({ dieAt, signal }).toEqual({ dieAt, signal: 'SIGKILL' });
      }
      expect(await crew.workers.runLast({ starts })).toMatchObject({ code: 0 });
      expect(await faults(crew)).toEqual([]);
      expect(await portraits(crew.scene)).toEqual([undisturbed[1]]);
    },
    TIMEOUT,
  );

  it(
    'after any commit or effect, again and again, ends every process as if nothing had happened',
    async () => {
      const crew = await stages.open();
      const seed = Date.now();
      const random = new SeededRandom(seed);
      const endings = [0, 1, 0, 1].map((which) => ENDINGS[which] as string);
      const starts = starting('nested', endings);
      for (let kills = 0; kills < 6; kills++) await crew.workers.run({ starts, dieAfter: 1 + Math.floor(random.number() * 90) });
      expect(await crew.workers.runLast({ starts }), `seed ${seed}`).toMatchObject({ code: 0 });
      expect(await faults(crew), `seed ${seed}`).toEqual([]);
      expect(await portraits(crew.scene), `seed ${seed}`).toEqual([0, 1, 0, 1].map((which) => undisturbed[which]));
    },
    TIMEOUT,
  );

  it(
    'while another works on the same database leaves every lock with one holder at a time, and none in the end',
    async () => {
      const crew = await stages.open();
      const { scene, workers } = crew;
      const seed = Date.now();
      const random = new SeededRandom(seed);
      const starts = starting('contended', ['well', 'badly', 'well', 'well', 'badly', 'well']);
      const other = workers.spawn();
      await other.loaded();
      let isOver = false;
      const otherEnd = other.run({ starts }).finally(() => {
        isOver = true;
      });
      for (let kills = 0; kills < 2 && !isOver; kills++) await workers.run({ starts, dieAfter: 1 + Math.floor(random.number() * 40) });
      expect(await otherEnd, `seed ${seed}`).toMatchObject({ code: 0 });
      expect(await workers.runLast({ starts }), `seed ${seed}`).toMatchObject({ code: 0 });
      expect(await faults(crew), `seed ${seed}`).toEqual([]);
      const ends = (await scene.stories()).map(({ row }) => row.status).sort();
      expect(ends, `seed ${seed}`).toEqual(['completed', 'completed', 'completed', 'completed', 'undone', 'undone']);
    },
    TIMEOUT,
  );
});
