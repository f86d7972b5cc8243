import type { Pattern } from 'acorn';
import { parseFunction } from './parse.js';

/** One parameter as its function's source declares it. */
export interface SourceParameter {
  readonly index: number;
  /** Undefined when it is destructured. */
  readonly name: string | undefined;
  readonly hasDefault: boolean;
  readonly rest: boolean;
  /** The parameter's source, for messages. */
  readonly text: string;
}

/**
 * Reads a function's parameters from its own source.
 * @throws StepwrightError `definition` when it has none that can be read: native, bound, a class, or an accessor
 */
export function readSignature(fn: Function): readonly SourceParameter[] {
  const { node, textOf } = parseFunction(fn);
  return node.params.map((pattern, index) => {
    const hasDefault = pattern.type === 'AssignmentPattern';
    const rest = pattern.type === 'RestElement';
    const target: Pattern = hasDefault ? pattern.left : rest ? pattern.argument : pattern;
    return { index, name: target.type === 'Identifier' ? target.name : undefined, hasDefault, rest, text: textOf(pattern) };
  });
}
