import { describe, expect, it } from 'vitest';
import { SilentLogger } from '../../src/testing/silent-logger.js';

describe('SilentLogger', () => {
  it('keeps what was written to it and to its children, with their fields', () => {
    const logger = new SilentLogger();
    const child = logger.child({ process: 'p-1', path: 'A' });
    logger.debug({}, 'one');
    child.info({ path: 'B' }, 'two');
    child.child({ attempt: 2 }).warn({ x: 1 }, 'three');
    logger.error({ err: 'no' }, 'four');
    expect(logger.lines).toEqual([
      { level: 'debug', message: 'one', fields: {} },
      { level: 'info', message: 'two', fields: { process: 'p-1', path: 'B' } },
      { level: 'warn', message: 'three', fields: { process: 'p-1', path: 'A', attempt: 2, x: 1 } },
      { level: 'error', message: 'four', fields: { err: 'no' } },
    ]);
    expect(child.lines).toEqual(logger.lines);
  });
});
