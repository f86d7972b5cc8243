import { type AnyNode, type Function as FunctionNode, type Node, parse } from 'acorn';
import { StepwrightError } from '../../core/error.js';

/** A function's own source, parsed. */
export interface FunctionSource {
  readonly node: FunctionNode;
  /** The source text of a node inside the function. */
  readonly textOf: (node: Node) => string;
}

/** Why a function has no source that can be read, as a full sentence with what to write instead. */
export interface Unreadable {
  readonly refused: string;
  readonly cause?: unknown;
}

/**
 * Parses a function's own source, whatever form it was written in.
 * @throws StepwrightError `definition` for what {@link readSource} calls unreadable
 */
export function parseFunction(fn: Function): FunctionSource {
  const source = readSource(fn);
  if ('refused' in source) throw new StepwrightError('definition', source.refused, { cause: source.cause });
  return source;
}

/** Parses a function's own source, or says why that is impossible: it is native, bound, a class, an accessor, or new syntax. */
export function readSource(fn: Function): FunctionSource | Unreadable {
  // The function's own `toString` may have been replaced, by a wrapper that poses as what it wraps or by a static method of that name.
  const text = Function.prototype.toString.call(fn);
  const who = typeof fn.name === 'string' && fn.name !== '' ? `The function "${fn.name}"` : 'A function without a name';
  if (NATIVE.test(text)) {
    const why = 'it is bound, built in, or a proxy';
    return { refused: `${who} has no source to read parameter names from: ${why}. Pass the unbound function, or ${NAME_THEM}.` };
  }

  let furthest: SyntaxFault | undefined;
  for (const setting of SETTINGS) {
    const result = parseIn(setting, text);
    if ('node' in result) return accept(result, who);
    if (!furthest || result.at > furthest.at) furthest = result;
  }
  const { at = 0, reason = 'unknown syntax', cause } = furthest ?? {};
  const problem = `${reason} at ${JSON.stringify(text.slice(at, at + 40))}`;
  return { refused: `${who} can't be read: ${problem}. Write that in standard JavaScript, or ${NAME_THEM}.`, cause };
}

const NAME_THEM = `name its parameters explicitly, as with @fromState('key')`;

// The form that the language prescribes for functions without source. It is no JavaScript, and no function's source ends like this.
const NATIVE = /\{\s*\[native code\]\s*\}$/;

/** Code around a function's text in which it parses alone: what it may use (super, new.target, #names) depends on where it stood. */
interface Setting {
  readonly before: string;
  readonly after: string;
  readonly sourceType: 'module' | 'script';
}

// Modules come first, for only there is import.meta allowed; scripts are left for sloppy code from CommonJS. A constructor of a
// derived class is the one place where an arrow function may use everything.
const SETTINGS: readonly Setting[] = [
  { before: 'class Outer extends Object { constructor() { (', after: ') } }', sourceType: 'module' },
  { before: 'class Outer extends Object { ', after: ' }', sourceType: 'module' },
  { before: '({ outer() { (', after: ') } })', sourceType: 'script' },
  { before: '({ ', after: ' })', sourceType: 'script' },
];

interface Parsed {
  /** The node that spans the function's whole text. */
  readonly node: AnyNode;
  readonly program: string;
}

interface SyntaxFault {
  readonly at: number;
  readonly reason: string;
  readonly cause: unknown;
}

function parseIn({ before, after, sourceType }: Setting, text: string): Parsed | SyntaxFault {
  const program = before + text + after;
  try {
    const tree = parse(program, { ecmaVersion: 'latest', sourceType, checkPrivateFields: false });
    const node = spanning(tree, before.length, before.length + text.length);
    return node ? { node, program } : { at: 0, reason: 'it is no function', cause: undefined };
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
    const at = ((cause as { pos?: number }).pos ?? 0) - before.length;
    // acorn appends the line and column, which count from the start of the setting.
    return { at: Math.max(0, at), reason: cause.message.replace(/ \(\d+:\d+\)$/, ''), cause };
  }
}

/** The nodes directly below a syntax node, in the order of its fields, whatever its kind. */
export function childNodes(node: Node): readonly AnyNode[] {
  return Object.values(node).flat().filter(isNode);
}

function isNode(value: unknown): value is AnyNode {
  return typeof value === 'object' && value !== null && typeof (value as { type?: unknown }).type === 'string';
}

/** The outermost node that starts and ends at these offsets. */
function spanning(node: Node, start: number, end: number): AnyNode | undefined {
  for (const child of childNodes(node)) {
    if (child.start === start && child.end === end) return child;
    if (child.start <= start && child.end >= end) return spanning(child, start, end);
  }
  return undefined;
}

function accept({ node, program }: Parsed, who: string): FunctionSource | Unreadable {
  const textOf = ({ start, end }: Node) => program.slice(start, end);
  switch (node.type) {
    case 'FunctionExpression':
    case 'ArrowFunctionExpression':
      return { node, textOf };
    case 'MethodDefinition':
    case 'Property':
      if (node.kind === 'get' || node.kind === 'set') return { refused: `${who} is a ${node.kind}ter. Write it as a method.` };
      return accept({ node: node.value, program }, who);
    case 'ClassExpression':
      return { refused: `${who} is a class. Pass a function, or one of the class's methods.` };
    default:
      return { refused: `${who} can't be read: its source is a ${node.type}. Pass a function.` };
  }
}
