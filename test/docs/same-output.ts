// What differs from run to run, and what stands for it on both sides.
const VARYING: readonly (readonly [RegExp, string])[] = [
  [/\b[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}\b/g, '<id>'],
  [/\b[\da-f]{8}\b/g, '<id>'],
  [/\b\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?Z?)?/g, '<time>'],
  [/\b\d\d:\d\d(?::\d\d)?\b/g, '<time>'],
  [/\b\d+(?:\.\d+)?(?:ms|s|m|h|d)\b(?: \d+[smhd]\b)?/g, '<duration>'],
  [/[─━]{2,}/g, '─'],
  [/[ \t]+/g, ' '],
  [/ $/g, ''],
];

/**
 * Whether an output is what a page shows.
 *
 * Ids, times, durations and the width of columns need not be the same. `…` stands for the rest of a word, or of a line; alone on its
 * line, for any number of lines.
 */
export function sameOutput(shown: string, actual: string): boolean {
  const pattern = linesOf(shown).map((line) => (line.trim() === '…' ? '(?:.*\\n)*?' : `${line.split('…').map(escaped).join('.*')}\\n`));
  return new RegExp(`^${pattern.join('')}$`).test(`${linesOf(actual).join('\n')}\n`);
}

/** The first part of each process id in an output, once each. */
export function idsIn(output: string): readonly string[] {
  return [...new Set([...output.matchAll(/\b[\da-f]{8}\b/g)].map(([id]) => id))];
}

/** Without the lines about steps that still run, which come only where a step takes its time. */
function linesOf(text: string): readonly string[] {
  return text
    .trimEnd()
    .split('\n')
    .filter((line) => !/^(?:[\da-f]{8} )?▸ /.test(line))
    .map((line) => VARYING.reduce((rest, [pattern, name]) => rest.replace(pattern, name), line));
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}
