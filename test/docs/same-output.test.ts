import { describe, expect, it } from 'vitest';
import { idsIn, sameOutput } from './same-output.js';

const ID = '3f2a9c1e-0000-4000-8000-000000000000';
const OTHER = 'af90bf45-79ce-4b78-ab81-7d097fbb6777';

describe('sameOutput', () => {
  it.each([
    ['the same text', 'done\nnow', 'done\nnow\n'],
    ['another id', `order ${ID}`, `order ${OTHER}`],
    ['another short id', 'show 3f2a9c1e', 'show af90bf45'],
    ['another time', 'since 2026-01-01 09:00', 'since 2026-12-31 23:59:59'],
    ['another duration', 'took 3ms, 4m 10s', 'took 12.5s, 1h'],
    ['wider columns', 'a   b\n───', 'a b\n─────'],
    ['the rest of a line', 'by …', 'by root'],
    ['a part of a line', 'by … at 9', 'by root at 9'],
    ['any lines', 'a\n…\nz', 'a\nb\nc\nz'],
    ['no line', 'a\n…\nz', 'a\nz'],
    ['a step that takes its time', '✓ Pack  3ms', '▸ Pack  2s\n✓ Pack  3.1s'],
  ])('takes %s', (_what, shown, actual) => {
    expect(sameOutput(shown, actual)).toBe(true);
  });

  it.each([
    ['another word', 'done', 'gone'],
    ['a line more', 'a', 'a\nb'],
    ['a line less', 'a\nb', 'a'],
    ['a word where an id should be', '3f2a9c1e', 'none'],
    ['another indentation', 'a', '  a'],
    ['what only a pattern would take', 'a.c', 'abc'],
  ])('refuses %s', (_what, shown, actual) => {
    expect(sameOutput(shown, actual)).toBe(false);
  });
});

describe('idsIn', () => {
  it('gives the beginning of each id once', () => {
    expect(idsIn(`${OTHER} af90bf45 3f2a9c1e`)).toEqual(['af90bf45', '3f2a9c1e']);
  });
});
