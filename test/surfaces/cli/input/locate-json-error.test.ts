import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { locateJsonError } from '../../../../src/surfaces/cli/input/locate-json-error.js';

describe('locateJsonError', () => {
  it.each([
    ['', 0, 'a value'],
    ['{', 1, 'a name in double quotes'],
    ['{a: 1}', 1, 'a name in double quotes'],
    ["{'a': 1}", 1, 'a name in double quotes'],
    ['{"a" 1}', 5, '":"'],
    ['{"a": 1,}', 8, 'a name in double quotes'],
    ['{"a": 1 "b": 2}', 8, '"," or "}"'],
    ['[1, 2', 5, '"," or "]"'],
    ['[1,]', 3, 'a value'],
    ['{"a": undefined}', 6, 'a value'],
    ['{"a": "x}', 6, 'a string that ends with "'],
    ['"a\nb"', 0, 'a string that ends with "'],
    ['01', 1, 'the end'],
    ['{} {}', 3, 'the end'],
    ['nul', 0, 'a value'],
  ])('finds where %j goes wrong', (text, offset, expected) => {
    expect(locateJsonError(text)).toEqual({ offset, expected });
  });

  it('agrees with JSON.parse about what is JSON', () => {
    const texts = fc.oneof(
      fc.json(),
      fc.tuple(fc.json(), fc.nat(), fc.constantFrom('', ',', '"', '}', 'x', '\\')).map(([text, at, mark]) => {
        const place = text.length === 0 ? 0 : at % text.length;
        return text.slice(0, place) + mark + text.slice(place + 1);
      }),
    );
    fc.assert(
      fc.property(texts, (text) => {
        let parses = true;
        try {
          JSON.parse(text);
        } catch {
          parses = false;
        }
        expect(locateJsonError(text) === undefined).toBe(parses);
      }),
    );
  });

  it('gives up, without an error of its own, on what is nested too deep', () => {
    expect(locateJsonError('['.repeat(100_000))).toBeUndefined();
  });
});
