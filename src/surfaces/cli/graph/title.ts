import type { Outline } from '../../../core/outline.js';

/** How a node is called in a drawing, and what is said of it besides. */
export interface Title {
  readonly title: string;
  readonly notes: readonly string[];
}

/** A name, with what leads to it in front: `east: Push`; of a node without either, or with the name of its kind, what it is. */
export function titleOf({ kind, name, label, words }: Outline): Title {
  const notes = kind === 'list' ? words.slice(1) : words;
  const own = name === kind ? undefined : name;
  const names = [label, own === label ? undefined : own].filter((one) => one !== undefined);
  if (names.length > 0 && (own !== undefined || kind === 'list')) return { title: names.join(': '), notes };
  const [first = kind === 'list' ? 'in this order' : kind, ...rest] = notes;
  return { title: [...names, first].join(': '), notes: rest };
}
