import type { Failure } from '../../../core/error.js';
import type { Changes } from '../../../core/state.js';
import type { Style } from '../output/style.js';
import { shortChanges } from './short-value.js';

/** A failure with its causes; with all there is to know, its stack and details too. */
export function failureLines(failure: Failure, style: Style, full: boolean, depth = 0): readonly string[] {
  const label = depth === 0 ? '' : 'caused by: ';
  const code = failure.code === 'step_threw' ? '' : ` ${style.dim(`(${failure.code})`)}`;
  return [
    `    ${style.red(indent(`${label}${failure.message}`, 4))}${code}`,
    ...(full && failure.stack ? [`    ${style.dim(indent(failure.stack, 4))}`] : []),
    ...(full && failure.details !== undefined ? [`    ${style.dim(JSON.stringify(failure.details))}`] : []),
    ...(failure.cause ? failureLines(failure.cause, style, full, depth + 1) : []),
  ];
}

/** What was changed, in one line, or as a whole. */
export function changesText(changes: Changes, full: boolean): string {
  if (!full) return shortChanges(changes);
  const unset = changes.unset.map((key) => `${key} unset`);
  return [JSON.stringify(changes.set, undefined, 2), ...unset].join('\n');
}

export function isEmpty({ set, unset }: Changes): boolean {
  return Object.keys(set).length === 0 && unset.length === 0;
}

/** A text whose further lines stand as far to the right as its first. */
export function indent(text: string, by: number): string {
  return text.replaceAll('\n', `\n${' '.repeat(by)}`);
}
