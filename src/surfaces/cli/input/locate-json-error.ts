/** Where a text stops being JSON, and what could stand there. */
export interface JsonFault {
  readonly offset: number;
  readonly expected: string;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: JSON refuses them in strings
const STRING = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[\da-fA-F]{4}))*"/y;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const WORD = /true|false|null/y;
const SPACE = /[ \t\n\r]*/y;

class Fault extends Error implements JsonFault {
  constructor(
    readonly offset: number,
    readonly expected: string,
  ) {
    super(expected);
  }
}

/** Finds what is wrong in a text that JSON.parse refuses, whose messages name a place only now and then; undefined when nothing is found. */
export function locateJsonError(text: string): JsonFault | undefined {
  try {
    const end = skip(text, value(text, skip(text, 0)));
    return end < text.length ? { offset: end, expected: 'the end' } : undefined;
  } catch (error) {
    if (error instanceof Fault) return { offset: error.offset, expected: error.expected };
    if (error instanceof RangeError) return undefined; // nested deeper than the stack allows
    throw error;
  }
}

/** Reads the value at a place; gives the place behind it. */
function value(text: string, at: number): number {
  if (text[at] === '{') return members(text, at, '}', (start) => value(text, expect(text, key(text, start), ':')));
  if (text[at] === '[') return members(text, at, ']', (start) => value(text, start));
  const end = match(STRING, text, at) ?? match(NUMBER, text, at) ?? match(WORD, text, at);
  if (end === undefined) throw new Fault(at, text[at] === '"' ? 'a string that ends with "' : 'a value');
  return end;
}

function members(text: string, open: number, close: string, member: (at: number) => number): number {
  let at = skip(text, open + 1);
  if (text[at] === close) return at + 1;
  for (;;) {
    at = skip(text, member(at));
    if (text[at] === close) return at + 1;
    if (text[at] !== ',') throw new Fault(at, `"," or "${close}"`);
    at = skip(text, at + 1);
  }
}

function key(text: string, at: number): number {
  const end = match(STRING, text, at);
  if (end === undefined) throw new Fault(at, 'a name in double quotes');
  return end;
}

function expect(text: string, from: number, mark: string): number {
  const at = skip(text, from);
  if (text[at] !== mark) throw new Fault(at, `"${mark}"`);
  return skip(text, at + 1);
}

function skip(text: string, at: number): number {
  return match(SPACE, text, at) ?? at;
}

function match(pattern: RegExp, text: string, at: number): number | undefined {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : undefined;
}
