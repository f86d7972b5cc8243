import type { Outline } from '../../../core/outline.js';
import type { Style } from '../output/style.js';
import { titleOf } from './title.js';

/** A workflow as an indented tree. */
export function treeText(workflow: Outline, description: string | undefined, style: Style): string {
  const { bold, dim } = style;
  const head = `${bold(workflow.name ?? '')}  ${dim(workflow.words.join(', '))}`;
  return [head, ...(description === undefined ? [] : [dim(description)]), ...branches(workflow, '', style)].join('\n');
}

function branches({ children, kind, edges }: Outline, indent: string, style: Style): readonly string[] {
  return children.flatMap((child, place) => {
    const isLast = place === children.length - 1;
    const after =
      kind === 'graph' ? edges.flatMap(({ from, to }) => (to === place && from !== undefined ? [children[from]?.label ?? ''] : [])) : [];
    const line = `${style.dim(`${indent}${isLast ? '└─' : '├─'}`)} ${lineOf(child, after, style)}`;
    return [line, ...branches(child, `${indent}${isLast ? '   ' : '│  '}`, style)];
  });
}

function lineOf(outline: Outline, after: readonly string[], { bold, dim }: Style): string {
  const { title, notes } = titleOf(outline);
  const words = [...(after.length === 0 ? [] : [`after ${after.join(', ')}`]), ...notes];
  return `${outline.kind === 'step' ? title : bold(title)}${words.length === 0 ? '' : `  ${dim(words.join(', '))}`}`;
}
