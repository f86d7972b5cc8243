import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Scene } from './scene.js';
import { Workers } from './workers.js';

/** What is stored in one folder, and the workers on it. */
export interface Stage {
  readonly scene: Scene;
  readonly workers: Workers;
}

/** Folders with workers on them, which are gone when the tests of a file are. */
export class Stages {
  readonly #folders: string[] = [];
  readonly #crews: Workers[] = [];

  async open(): Promise<Stage> {
    const folder = await mkdtemp(join(tmpdir(), 'stepwright-crash-'));
    const workers = new Workers(folder);
    this.#folders.push(folder);
    this.#crews.push(workers);
    return { scene: new Scene(folder), workers };
  }

  async close(): Promise<void> {
    for (const workers of this.#crews) workers.killAll();
    for (const folder of this.#folders) await rm(folder, { recursive: true, force: true });
  }
}
