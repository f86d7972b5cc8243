import { defineWorkflow, list, type Node, type StartOptions, type State } from 'stepwright';
import type { Deeds } from '../compositions/deeds.js';
import type { World } from '../support.js';

/** A process of these nodes that has come to its first stop. */
export function stopped(world: World, ...nodes: Node[]) {
  return startAndStop(world, {}, nodes);
}

/** The same, of a start that says who and by which key. */
export function stoppedOfAnn(world: World, ...nodes: Node[]) {
  return startAndStop(world, { by: 'ann', idempotencyKey: 'first' }, nodes);
}

async function startAndStop(world: World, options: StartOptions, nodes: readonly Node[]) {
  const engine = world.engine([defineWorkflow('ops', {}, list(...nodes))]);
  const { id } = await engine.start('ops', undefined, options);
  return { engine, id, details: await engine.settled(id) };
}

/** A step that raises the number under `n`. */
export function counting(deeds: Deeds, name = 'Count'): Node {
  return deeds.step(name, (state) => ({ n: Number((state as State).n ?? 0) + 1 }));
}

/** The answer to the form of these tests. */
export const yes = { approved: true };
