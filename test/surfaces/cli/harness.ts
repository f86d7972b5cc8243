import { EventEmitter } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Readable, Writable } from 'node:stream';
import { onTestFinished } from 'vitest';
import type { CliIo } from '../../../src/surfaces/cli/io.js';
import { runCli } from '../../../src/surfaces/cli/program.js';

/** What a command line gave. */
export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
  /** Standard output as JSON lines. */
  readonly records: readonly Record<string, unknown>[];
}

export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: string;
  readonly prompts?: NonNullable<CliIo['prompts']>;
  readonly isTTY?: boolean;
}

/** Where the workflow files of these tests lie. */
export function fixture(name: string): string {
  return resolve('test/surfaces/cli/fixtures', name);
}

class Sink extends Writable {
  text = '';
  columns = 60;
  rows = 20;

  constructor(
    readonly isTTY: boolean,
    private readonly heard: EventEmitter,
  ) {
    super({ decodeStrings: false });
  }

  override _write(chunk: unknown, _encoding: string, done: () => void): void {
    this.text += String(chunk);
    this.heard.emit('written');
    done();
  }
}

/** A command line that runs within the test. */
export class Running {
  readonly stdout: Sink;
  readonly stderr: Sink;
  readonly exits: number[] = [];
  readonly ran: Promise<Ran>;
  readonly #written = new EventEmitter();
  readonly #signals = new EventEmitter();

  constructor(cwd: string, args: readonly string[], { env = {}, stdin = '', prompts, isTTY = false }: RunOptions) {
    this.stdout = new Sink(isTTY, this.#written);
    this.stderr = new Sink(isTTY, this.#written);
    const io: CliIo = {
      cwd,
      env,
      stdin: Readable.from([stdin]),
      stdout: this.stdout,
      stderr: this.stderr,
      onSignal: (listener) => {
        this.#signals.on('signal', listener);
        return () => this.#signals.off('signal', listener);
      },
      exit: (code) => void this.exits.push(code),
      ...(prompts ? { prompts } : {}),
    };
    this.ran = this.#run(args, io);
  }

  /** As if Ctrl-C were pressed. */
  interrupt(): void {
    this.#signals.emit('signal');
  }

  /** Waits until a text has been written, on either stream. */
  async until(text: string): Promise<void> {
    while (!`${this.stdout.text}\n${this.stderr.text}`.includes(text)) {
      const ended = await Promise.race([new Promise((resolve) => this.#written.once('written', resolve)), this.ran]);
      if (typeof ended === 'object') throw new Error(`it ended without "${text}":\n${this.stdout.text}\n${this.stderr.text}`);
    }
  }

  async #run(args: readonly string[], io: CliIo): Promise<Ran> {
    const code = await runCli(args, io);
    const { stdout, stderr } = this;
    return {
      code,
      out: stdout.text,
      err: stderr.text,
      get records() {
        const lines = stdout.text.split('\n').filter((line) => line !== '');
        return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
      },
    };
  }
}

/** A folder of its own, and command lines that run in it. */
export class Scratch {
  readonly folder = mkdtempSync(join(tmpdir(), 'stepwright-cli-'));

  constructor() {
    onTestFinished(() => rmSync(this.folder, { recursive: true, force: true }));
  }

  path(name: string): string {
    return join(this.folder, name);
  }

  start(args: readonly string[], options: RunOptions = {}): Running {
    return new Running(this.folder, args, options);
  }

  run(...args: readonly string[]): Promise<Ran> {
    return this.start(args).ran;
  }

  /** Runs a command with JSON output on fixture files. */
  json(file: string, ...args: readonly string[]): Promise<Ran> {
    return this.run('-w', fixture(file), '--json', '--by', 'ann', ...args);
  }

  /** Starts a fixture's workflow, and gives the process's id. */
  async started(file: string, ...args: readonly string[]): Promise<string> {
    const { records, err } = await this.json(file, 'start', ...args);
    const { id } = records.at(-1) ?? {};
    if (typeof id !== 'string') throw new Error(`nothing was started: ${err}`);
    return id;
  }
}
