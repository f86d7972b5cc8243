import { Console } from 'node:console';
import { Writable } from 'node:stream';

const METHODS = ['log', 'info', 'debug', 'dir', 'table', 'warn', 'error', 'trace'] as const;

/** Sends what steps write with `console` somewhere else, so that it does not get between our own lines; the result ends that. */
export function divertConsole(write: (text: string) => void): () => void {
  const stream = new Writable({
    decodeStrings: false,
    write(chunk: unknown, _encoding, done) {
      write(String(chunk));
      done();
    },
  });
  const diverted = new Console({ stdout: stream, stderr: stream });
  const before = METHODS.map((method) => [method, console[method]] as const);
  for (const method of METHODS) console[method] = diverted[method].bind(diverted);
  return () => {
    for (const [method, own] of before) console[method] = own;
  };
}
