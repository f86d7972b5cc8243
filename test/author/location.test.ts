import { step } from 'stepwright';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { callerLocation } from '../../src/author/location.js';

const OWN =
  '    at callerLocation (/app/node_modules/stepwright/dist/author/location.js:8:18)\n    at step (/app/node_modules/stepwright/dist/author/steps.js:12:9)';

/** What it says under this stack, which stands for other engines, operating systems and folders. */
function under(stack: string): string | undefined {
  class Told {
    readonly stack = stack;
  }
  vi.stubGlobal('Error', Told);
  try {
    return callerLocation();
  } finally {
    vi.unstubAllGlobals();
  }
}

afterEach(() => vi.unstubAllGlobals());

describe('callerLocation', () => {
  it('is the last two parts of the path, and the line as written', () => {
    expect(step('A')(() => {}).source).toMatch(/^author\/location\.test\.ts:25$/);
  });

  it.each<[string, string, string | undefined]>([
    ['a path', '    at new Order (/app/workflows/order.ts:41:3)', 'workflows/order.ts:41'],
    ['a path without a name', '    at /app/workflows/order.ts:41:3', 'workflows/order.ts:41'],
    ['a URL', '    at file:///app/workflows/order.ts:41:3', 'workflows/order.ts:41'],
    ['a URL in parentheses', '    at async Promise.all (file:///app/workflows/order.ts:41:3)', 'workflows/order.ts:41'],
    ['a path on Windows', '    at file:///C:/app/workflows/order.ts:41:3', 'workflows/order.ts:41'],
    ['a path with spaces', '    at file:///app/my workflows/order.ts:41:3', 'my workflows/order.ts:41'],
    ["an author's own folder named like ours", '    at /home/me/src/author/order.ts:41:3', 'author/order.ts:41'],
    ['a file at the top', '    at order.ts:41:3', 'order.ts:41'],
    ['code without a file', '    at eval (<anonymous>)', undefined],
    ['nothing', '', undefined],
  ])('reads %s', (_, frame, expected) => {
    expect(under(`Error\n${OWN}\n${frame}`)).toBe(expected);
  });

  it('is undefined where there is no stack', () => {
    expect(under('')).toBeUndefined();
    expect(under(undefined as never)).toBeUndefined();
  });
});
