import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { shellCommand } from '../../../../src/surfaces/cli/output/shell.js';

describe('shellCommand', () => {
  it('leaves plain words as they are', () => {
    expect(shellCommand(['stepwright', '-w', './a/b.ts:C', 'show', '3f2a9c1e'])).toBe('stepwright -w ./a/b.ts:C show 3f2a9c1e');
  });

  it('quotes the rest so that a shell gives the same words', () => {
    const words = ['', "it's", '{"a": "$HOME"}', 'a b', '*', '`x`', '\\', 'é\n'];
    const script = `printf '%s\\0' ${shellCommand(words)}`;
    expect(execFileSync('sh', ['-c', script], { encoding: 'utf8' }).split('\0').slice(0, -1)).toEqual(words);
  });
});
