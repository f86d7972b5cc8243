import { onTestFinished } from 'vitest';
import type { Workflow } from '../../../../src/core/workflow.js';
import type { Engine } from '../../../../src/engine/engine.js';
import { styleFor } from '../../../../src/surfaces/cli/output/style.js';
import { showText } from '../../../../src/surfaces/cli/show/show-text.js';
import { stepRows } from '../../../../src/surfaces/cli/show/step-rows.js';
import { STORES, World } from '../../../engine/support.js';

export interface Shown {
  readonly full?: boolean;
  /** Whether the workflow is loaded where it is shown. @default true */
  readonly loaded?: boolean;
}

/** A world in memory, for one test. */
export async function openWorld(store: (typeof STORES)[number] | undefined = STORES[0]): Promise<World> {
  if (!store) throw new Error('there is no such store');
  const world = new World(await store[1]());
  onTestFinished(() => world.close());
  return world;
}

/** What `show` prints of a process: without its id, its times and what stands around its steps, unless these are asked for. */
export async function shown(engine: Engine, id: string, { full = false, loaded = true }: Shown = {}): Promise<string> {
  const text = await shownAll(engine, id, { full, loaded });
  const [, steps = ''] = text.split('\n\n');
  return `\n${steps}\n`;
}

export async function shownAll(engine: Engine, id: string, { full = false, loaded = true }: Shown = {}): Promise<string> {
  const details = await engine.get(id);
  const workflow: Workflow | undefined = loaded ? engine.workflows.find((one) => one.name === details.workflow) : undefined;
  const view = { style: styleFor(false), full, now: details.updatedAt, program: ['stepwright'], workflow };
  return showText(details, stepRows(details, workflow), view)
    .replaceAll(/(?<= {2})0ms(?:, )?|, 0ms/g, '')
    .replaceAll(/ +(?=\n|$)/g, '')
    .replaceAll(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d/g, 'TIME')
    .replaceAll(/[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}/g, (one) => one.slice(0, 8));
}
