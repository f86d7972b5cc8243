import { defineWorkflow, list, step } from 'stepwright';
import { expect, it } from 'vitest';
import { testWorkflow } from '../../src/testing/test-workflow.js';
import { TestCircuit, TestPort, testCircuit, testEndpoint, testPort } from '../support/models.js';

const port = testPort('a', { subscriptionId: 'a' });
const circuit = testCircuit([testEndpoint(port)], { subscriptionId: 'c' });

const speedUp = defineWorkflow(
  'speed_up',
  {},
  list(
    step('Find')(() => ({ port: 'a', circuit: 'c' })),
    step('Raise', { params: { port: TestPort } })((port: TestPort) => {
      port.speed++;
      return { port };
    }),
    step('Look', { params: { circuit: TestCircuit } })((circuit: TestCircuit) => ({ seen: circuit.endpoints[0]?.port.speed })),
  ),
);

it('stores copies of the given models once, before the first of several starts', async () => {
  const test = testWorkflow(speedUp, { models: [port, circuit] });
  const runs = [await test.start(), await test.start()];
  expect(runs.map(({ status, state }) => [status, state.seen])).toEqual([
    ['completed', 10_001],
    ['completed', 10_002],
  ]);
  expect(port).toMatchObject({ speed: 10_000, version: 0 });
  expect(circuit.version).toBe(0);
});

it('takes the same models for several tests', async () => {
  for (const _ of [1, 2]) expect((await testWorkflow(speedUp, { models: [port, circuit] }).start()).state.seen).toBe(10_001);
});
