import { expect, it } from 'vitest';
import type { ProcessDetails } from '../../../../src/engine/process-details.js';
import { nextCommands } from '../../../../src/surfaces/cli/run/next-commands.js';

const next = (fields: Partial<ProcessDetails>) =>
  nextCommands({ id: '3f2a9c1e-8d4b', waits: [], records: [], ...fields } as unknown as ProcessDetails, ['stepwright']).map(
    ({ purpose, command }) => `${purpose}: ${command}`,
  );

const END = 'end it: stepwright abort 3f2a9c1e';

it.each(['created', 'running'] as const)(
  'offers to go on with a process that is %s, whether its program is known to be dead or not',
  (status) => {
    expect(next({ status })).toEqual(['go on: stepwright resume 3f2a9c1e', END]);
    expect(next({ status, claimedBy: 'runner-1' })).toEqual(['go on if interrupted: stepwright resume 3f2a9c1e', END]);
  },
);

it('offers nothing for a process that has ended', () => {
  expect(next({ status: 'completed' })).toEqual([]);
});

it('offers neither an attempt nor an end where only a timer counts, or an undo waits', () => {
  const waits = [{ kind: 'timer', path: 'Settle', attempt: 1, since: 0, deadline: 9, reason: 'it sleeps' }] as const;
  expect(next({ status: 'waiting', waits })).toEqual(['stay until it is done: stepwright resume 3f2a9c1e --wait', END]);
  expect(next({ status: 'undoing', waits })).toEqual(['stay until it is done: stepwright resume 3f2a9c1e --wait']);
  expect(next({ status: 'undoing' })).toEqual(['go on: stepwright resume 3f2a9c1e']);
});
