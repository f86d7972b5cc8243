import type { Writable } from 'node:stream';
import type { Progress, StepMove } from './progress.js';
import { isoTime } from './times.js';

/** Each move as one JSON object on a line; what others write goes elsewhere. */
export class JsonProgress implements Progress {
  readonly #out: Writable;
  readonly #others: Writable;

  constructor(out: Writable, others: Writable) {
    this.#out = out;
    this.#others = others;
  }

  move({ at, until, duration, isOther: _isOther, ...move }: StepMove): void {
    const times = { at: isoTime(at), until: isoTime(until), durationMs: duration };
    this.#out.write(`${JSON.stringify({ type: 'step', ...move, ...times })}\n`);
  }

  write(text: string): void {
    this.#others.write(text);
  }

  stop(): void {}
}
