/**
 * The place in the author's file that called, as `path/to/file.ts:12`; undefined where the stack does not tell.
 *
 * With source maps on (the command line and vitest turn them on) it is the line as written.
 */
export function callerLocation(): string | undefined {
  const frames = (new Error().stack ?? '').split('\n').slice(1);
  const here = folderOf(frames[0] ?? '');
  const caller = frames.find((frame) => here === undefined || !frame.includes(here));
  const match = /(?:\(|at |file:\/\/\/)((?:[A-Za-z]:)?[^():\s][^():]*):(\d+):\d+\)?$/.exec(caller ?? '');
  return match ? `${shorten(match[1] ?? '')}:${match[2]}` : undefined;
}

function folderOf(frame: string): string | undefined {
  return /([^\s(]*\/author\/)location\.[jt]s/.exec(frame)?.[1];
}

/** The last two parts of a path: enough to find the file, and the same on every machine. */
function shorten(path: string): string {
  return path.split('/').slice(-2).join('/');
}
