import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { StepContext } from 'stepwright';
import type { Effect } from './protocol.js';

/** The outside world as steps see it, which remembers what was done to it. */
export interface Outside {
  effect(ctx: StepContext, more?: { readonly undo?: true; readonly token?: string; readonly locks?: readonly string[] }): void;
  /** Whether this is the first time that it is asked so. */
  isFirst(key: string): boolean;
  /** Calls the engine back, as another system may do while the step that asked for it still runs. */
  callBack(token: string, body: object): Promise<void>;
}

/** Where it is remembered what was done outside: a file beside the database, in the order in which it was done. */
export class EffectsFile {
  readonly #file: string;

  constructor(folder: string) {
    this.#file = join(folder, 'effects.jsonl');
  }

  add(effect: Effect): void {
    appendFileSync(this.#file, `${JSON.stringify(effect)}\n`);
  }

  isFirst(key: string): boolean {
    const line = `${JSON.stringify({ asked: key })}\n`;
    if (existsSync(this.#file) && readFileSync(this.#file, 'utf8').includes(line)) return false;
    appendFileSync(this.#file, line);
    return true;
  }

  /** What was done for a process, or for all. */
  of(process = ''): readonly Effect[] {
    if (!existsSync(this.#file)) return [];
    const lines = readFileSync(this.#file, 'utf8').trim().split('\n');
    const all = lines.map((line) => JSON.parse(line) as Effect | { readonly asked: string });
    return all.filter((line): line is Effect => 'key' in line && line.key.startsWith(process));
  }
}
