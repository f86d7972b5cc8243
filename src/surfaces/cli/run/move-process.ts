import { hasCode } from '../../../core/error.js';
import type { Json, JsonObject } from '../../../core/json.js';
import type { ProcessDetails } from '../../../engine/process-details.js';
import type { CommandContext } from '../context.js';
import { EXIT, type ExitCode, statusExitCode } from '../exit-codes.js';
import { askForm } from '../input/ask-form.js';
import { CANCELLED } from '../input/prompts.js';
import { terminalPrompts } from '../input/terminal-prompts.js';
import type { Session } from '../session.js';
import { type Interrupts, watchInterrupts } from './interrupts.js';
import { type OpenForm, openForms, PreparedAnswers } from './open-forms.js';
import { printReport } from './print-report.js';
import { type ShownSteps, showSteps } from './show-steps.js';

/** How long other programs' work on the same process may go unnoticed, in milliseconds. */
const POLL = 500;

/** How a process is moved. */
export interface MoveOptions {
  /** Stay while it waits, run its timers, and ask in the terminal what it asks. @default false */
  readonly wait?: boolean;
  /** Whether it is to be taken back: then `undone` is what was asked for, and not what became of other work. @default false */
  readonly undo?: boolean;
  /** Answers for the forms that it will ask, by form. */
  readonly answers?: JsonObject;
}

/**
 * Moves a process until it stops, shows its steps meanwhile, and says how it stands then.
 *
 * Ctrl-C once lets the running step finish, and leaves the process to be gone on with; twice aborts the process.
 * @param begin starts, answers or retries; gives the process's id
 */
export async function moveProcess(
  context: CommandContext,
  session: Session,
  begin: () => Promise<string>,
  options: MoveOptions = {},
): Promise<ExitCode> {
  const mover = new Mover(context, session, options);
  try {
    const details = await mover.run(begin);
    await printReport(context, session, details);
    if (mover.interrupted) return EXIT.interrupted;
    return options.undo && details.status === 'undone' ? EXIT.done : statusExitCode(details.status);
  } finally {
    await mover.end();
  }
}

class Mover {
  readonly #context: CommandContext;
  readonly #session: Session;
  readonly #wait: boolean;
  readonly #answers: PreparedAnswers;
  readonly #interrupts: Interrupts;
  readonly #steps: ShownSteps;
  readonly #endFacts: () => void;
  #id: string | undefined;
  #closing: Promise<void> | undefined;
  #heard: () => void = () => undefined;

  constructor(context: CommandContext, session: Session, { wait = false, answers }: MoveOptions) {
    const { printer, io } = context;
    const { engine } = session;
    this.#context = context;
    this.#session = session;
    this.#wait = wait;
    this.#answers = new PreparedAnswers(answers);
    this.#steps = showSteps(engine, printer);
    this.#endFacts = engine.onFact(() => this.#heard());
    this.#interrupts = watchInterrupts(io, { stop: () => this.#stop(), giveUp: () => this.#giveUp() });
  }

  get interrupted(): boolean {
    return this.#interrupts.signal.aborted;
  }

  async run(begin: () => Promise<string>): Promise<ProcessDetails> {
    const { engine } = this.#session;
    const id = await begin();
    this.#id = id;
    if (this.#wait && !this.interrupted) engine.runScheduler(id);
    while (await this.#goesOn(await engine.settled(id)));
    await this.#closing;
    await this.#steps.end();
    const { unused } = this.#answers;
    if (unused.length > 0) this.#context.printer.say(`note: --answers was not asked for ${unused.join(', ')}`);
    return engine.get(id);
  }

  async end(): Promise<void> {
    this.#interrupts.end();
    this.#endFacts();
    await this.#steps.end();
  }

  /** Does what a process that has stopped asks for; false where nothing more is to be done here. */
  async #goesOn(details: ProcessDetails): Promise<boolean> {
    if (this.interrupted) return false;
    for (const form of openForms(details)) if (await this.#answer(form, details.id)) return true;
    if (!this.#wait || !movesByItself(details)) return false;
    await this.#change();
    return true;
  }

  /** Answers a form with what was prepared, or asks for it; true when the process is to be looked at again. */
  async #answer(form: OpenForm, id: string): Promise<boolean> {
    const prepared = this.#answers.take(form);
    if (prepared !== undefined && (await this.#submit(form, id, prepared))) return true;
    const prompts = this.#wait ? await terminalPrompts(this.#context) : undefined;
    if (!prompts) return false;
    const { engine } = this.#session;
    this.#steps.pause();
    const tryForm = (pages: readonly Json[]) => engine.tryAnswer(id, pages, { form: form.id });
    const answers = await this.#unlessRefused(() => askForm(prompts, form.path, tryForm, this.#interrupts.signal));
    if (answers === CANCELLED && !this.interrupted) this.#interrupts.interrupt();
    if (answers !== CANCELLED && answers !== undefined) await this.#submit(form, id, answers);
    return true;
  }

  async #submit(form: OpenForm, id: string, answers: Json): Promise<boolean> {
    const { by } = this.#context.globals;
    const submitted = await this.#unlessRefused(async () => {
      await this.#session.engine.resume(id, answers, { form: form.id, by });
      return true;
    });
    return submitted ?? false;
  }

  /** Where an answer is not taken, or somebody was faster, the reason is said, and the process stands as it stood. */
  async #unlessRefused<T>(work: () => Promise<T>): Promise<T | undefined> {
    try {
      return await work();
    } catch (error) {
      if (!hasCode(error, 'input_refused') && !hasCode(error, 'conflict') && !hasCode(error, 'wrong_status')) throw error;
      this.#context.printer.say(error.message);
      return undefined;
    }
  }

  /** Resolves when something happens to the process, here or, a little later, elsewhere. */
  async #change(): Promise<void> {
    const { signal } = this.#interrupts;
    await new Promise<void>((resolve) => {
      const done = () => {
        clearTimeout(timer);
        signal.removeEventListener('abort', done);
        resolve();
      };
      const timer = setTimeout(done, POLL);
      this.#heard = done;
      signal.addEventListener('abort', done);
    });
  }

  #stop(): void {
    this.#context.printer.say('Stopping after the running step; Ctrl-C again aborts the process.');
    this.#closing = this.#session.engine.close();
  }

  #giveUp(): void {
    const { engine } = this.#session;
    const { by } = this.#context.globals;
    if (this.#id === undefined) return;
    const aborted = engine.abort(this.#id, { reason: 'interrupted twice', by });
    aborted.catch((error: unknown) => this.#context.printer.say(error instanceof Error ? error.message : String(error)));
  }
}

/** Whether something other than a person's answer or retry will move it. */
function movesByItself({ status, waits }: ProcessDetails): boolean {
  switch (status) {
    case 'created':
    case 'running':
    case 'undoing':
    case 'waiting':
    case 'awaiting_callback':
      return true;
    case 'suspended':
      return waits.some((wait) => wait.kind !== 'form');
    case 'failed':
    case 'aborted':
    case 'undone':
    case 'completed':
      return false;
    default:
      return status satisfies never;
  }
}
