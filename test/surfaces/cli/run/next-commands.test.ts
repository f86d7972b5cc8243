import { expect, it } from 'vitest';
import type { ProcessDetails } from '../../../../src/engine/process-details.js';
import { nextCommands } from '../../../../src/surfaces/cli/run/next-commands.js';

const next = (fields: Partial<ProcessDetails>) =>
  nextCommands({ id: '3f2a9c1e-8d4b', waits: [], ...fields } as unknown as ProcessDetails, ['stepwright']).map(
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
