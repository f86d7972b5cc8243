/** As much of a process id as people need to tell processes apart. */
export function shortId(id: string): string {
  return id.slice(0, 8);
}
