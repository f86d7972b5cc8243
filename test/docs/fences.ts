/** A fenced block of a Markdown text. */
export interface Fence {
  /** What stands behind the backticks: a language and marks, such as `ts file=order.ts`. */
  readonly info: string;
  readonly text: string;
  /** Where its text begins, from 1. */
  readonly line: number;
}

/**
 * The fenced blocks of a Markdown text, in order.
 * @throws Error for one that is never closed
 */
export function readFences(markdown: string): readonly Fence[] {
  const fences: Fence[] = [];
  let open: { readonly ticks: string; readonly info: string; readonly line: number; readonly lines: string[] } | undefined;
  for (const [index, line] of markdown.split('\n').entries()) {
    const [, ticks = '', info = ''] = /^(```+)(.*)$/.exec(line) ?? [];
    if (open && ticks.length >= open.ticks.length && info.trim() === '') {
      fences.push({ info: open.info, text: open.lines.map((one) => `${one}\n`).join(''), line: open.line });
      open = undefined;
    } else if (open) open.lines.push(line);
    else if (ticks !== '') open = { ticks, info: info.trim().replaceAll(/\s+/g, ' '), line: index + 2, lines: [] };
  }
  if (open) throw new Error(`the block that begins at line ${open.line} is never closed`);
  return fences;
}
