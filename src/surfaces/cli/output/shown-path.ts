/** What is recorded beside a path, in words. */
const OWN: Readonly<Record<string, string>> = { undo: 'undo', lock: 'locks', if: 'condition', focus: 'focus' };

/** A path as people are shown it: `undo of Push` for `Push#undo`. */
export function shownPath(path: string): string {
  // A transparent composition is known by what is first inside it, so there can be several marks; the last one is meant.
  const [, base, mark] = /^([^#]*(?:#\d[^#]*)*)(?:#[a-z][a-z0-9-]*)*#([a-z][a-z0-9-]*)$/.exec(path) ?? [];
  const word = mark === undefined ? undefined : OWN[mark];
  if (word === undefined) return path;
  return base ? `${word} of ${base}` : word;
}
