import type { Writable } from 'node:stream';
import { moveLine, type Progress, type ProgressView, type StepMove } from './progress.js';

/** A step that runs for longer than this is shown before it ends; in milliseconds. */
const PATIENCE = 2000;

/** A line for each step that has moved, without any cursor codes: for files, pipes and logs. */
export class PlainProgress implements Progress {
  readonly #out: Writable;
  readonly #view: ProgressView;
  readonly #running = new Map<string, NodeJS.Timeout>();

  constructor(out: Writable, view: ProgressView) {
    this.#out = out;
    this.#view = view;
  }

  move(move: StepMove): void {
    const key = `${move.process} ${move.path}`;
    clearTimeout(this.#running.get(key));
    this.#running.delete(key);
    if (move.status === 'running')
      this.#running.set(
        key,
        setTimeout(() => this.#print(move), PATIENCE),
      );
    else this.#print(move);
  }

  write(text: string): void {
    this.#out.write(text);
  }

  stop(): void {
    for (const timer of this.#running.values()) clearTimeout(timer);
    this.#running.clear();
  }

  #print(move: StepMove): void {
    this.#out.write(`${moveLine(move, this.#view, Date.now())}\n`);
  }
}
