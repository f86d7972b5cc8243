import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Order, Report } from './protocol.js';

const WORKER = fileURLToPath(new URL('./worker.ts', import.meta.url));
const FLAGS = ['--conditions=stepwright-source', '--import', '@oxc-node/core/register'];

/** How a worker ended, and what it had reported by then. */
export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly reports: readonly Report[];
}

/** One process with an engine, which loads everything and then waits for its order. */
export class Worker {
  readonly #child: ChildProcess;
  readonly #lines: AsyncIterator<string>;
  readonly #exit: Promise<unknown[]>;

  constructor(folder: string) {
    this.#child = spawn(process.execPath, [...FLAGS, WORKER, folder], { stdio: ['pipe', 'pipe', 'inherit'] });
    this.#lines = createInterface({ input: this.#child.stdout! })[Symbol.asyncIterator]();
    this.#exit = once(this.#child, 'exit');
    // One that is killed reads no order.
    this.#child.stdin?.on('error', () => undefined);
  }

  /** Resolves when it has loaded everything. */
  async loaded(): Promise<void> {
    await this.#lines.next();
  }

  /** Lets it work until it ends; what it reports is told, and `kill` ends it at once. */
  async run(order: Order, onReport: (reported: number, kill: () => void) => void = () => undefined): Promise<Ended> {
    const reports: Report[] = [];
    this.#child.stdin?.end(`${JSON.stringify(order)}\n`);
    for (let line = await this.#lines.next(); !line.done; line = await this.#lines.next()) {
      reports.push(JSON.parse(line.value) as Report);
      onReport(reports.length, () => this.kill());
    }
    const [code, signal] = (await this.#exit) as [number | null, NodeJS.Signals | null];
    return { code, signal, reports };
  }

  kill(): void {
    this.#child.kill('SIGKILL');
  }

  /** Its process id, once it was killed. */
  get killed(): number | undefined {
    return this.#child.signalCode === 'SIGKILL' ? this.#child.pid : undefined;
  }
}

/** Workers on one folder, one after another; while one works, the next one is loading already. */
export class Workers {
  readonly #folder: string;
  readonly #all: Worker[] = [];
  #next: Worker | undefined;

  constructor(folder: string) {
    this.#folder = folder;
  }

  spawn(): Worker {
    const worker = new Worker(this.#folder);
    this.#all.push(worker);
    return worker;
  }

  /** Runs the next one until it ends. */
  async run(...how: Parameters<Worker['run']>): Promise<Ended> {
    const worker = this.#next ?? this.spawn();
    await worker.loaded();
    this.#next = this.spawn();
    return worker.run(...how);
  }

  /** Runs the next one, after which none is needed. */
  async runLast(order: Order): Promise<Ended> {
    const worker = this.#next ?? this.spawn();
    await worker.loaded();
    return worker.run(order);
  }

  /** The process ids of those that were killed. */
  get killed(): readonly number[] {
    return this.#all.flatMap((worker) => worker.killed ?? []);
  }

  killAll(): void {
    for (const worker of this.#all) worker.kill();
  }
}
