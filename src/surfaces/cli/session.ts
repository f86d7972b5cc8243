import type { Workflow } from '../../core/workflow.js';
import type { Engine } from '../../engine/engine.js';
import type { ProcessDetails } from '../../engine/process-details.js';
import { missingUrl } from '../../engine/registry.js';
import type { CommandContext } from './context.js';
import { findProcess } from './find-process.js';
import { type CliIo, usage } from './io.js';
import { findFiles } from './loading/find-files.js';
import { orExplain, prepareTypeScript } from './loading/import-module.js';
import { findConfig, loadDatabase } from './loading/load-config.js';
import { type Loaded, type LoadedWorkflow, loadWorkflows, workflowsOf } from './loading/load-workflows.js';
import { checkFile, type FileReference, parseReference, pickExport, pickName } from './loading/workflow-reference.js';

/** A database and its engine, open for one command. */
export interface Session {
  readonly engine: Engine;
  /** The workflow that was named, where one was. */
  readonly workflow?: Workflow;
  /** All that were loaded, those among them that can't be performed here. */
  readonly workflows: readonly Workflow[];
  /** How another command on this database and these workflows is written. */
  readonly command: readonly string[];
  close(): Promise<void>;
}

/** What a command needs of its session. */
export interface SessionNeeds {
  /** The workflow to be started: a name, or `FILE[:EXPORT]`, and then that file alone is loaded. */
  readonly workflow?: string;
  /** What of the workflows is loaded: those that can be, with a warning about the others; those that can be, in silence; or none. @default 'needed' */
  readonly workflows?: 'needed' | 'welcome' | 'none';
  /** Refuse a database file that is not there. @default false */
  readonly existing?: boolean;
  /** Where other systems call back. @default $STEPWRIGHT_PUBLIC_URL, else nowhere */
  readonly publicUrl?: string;
}

/** Loads what the options name, and opens the database. */
export async function openSession(context: CommandContext, needs: SessionNeeds = {}): Promise<Session> {
  const { globals, io } = context;
  const config = findConfig(globals, io.cwd);
  const reference = needs.workflow === undefined ? undefined : parseReference(needs.workflow);
  const { workflows, ...named } =
    reference?.kind === 'file' ? await loadFile(reference, config, io) : await loadFiles(context, needs, config);
  const database = await loadDatabase(config, globals, io.cwd, needs.existing ?? false);
  const { openService } = await import('../../app.js');
  const publicUrl = needs.publicUrl ?? (io.env.STEPWRIGHT_PUBLIC_URL || undefined);
  const all = workflows.map((one) => one.workflow);
  const unusable = publicUrl === undefined ? all.filter((one) => one !== named.workflow && missingUrl(one)) : [];
  if (isNeeded(needs))
    for (const one of unusable) context.printer.say(`warning: workflow "${one.name}" is left out: ${missingUrl(one)?.message}`);
  const service = await openService({
    workflows: all.filter((one) => !unusable.includes(one)),
    database,
    logLevel: globals.logLevel,
    ...(publicUrl === undefined ? {} : { publicUrl }),
  });
  const command = reference?.kind === 'file' ? withFile(globals.command, reference.file) : globals.command;
  return { engine: service.engine, command, workflows: all, close: () => service.close(), ...named };
}

/** The workflows of a session, and the one that was named. */
interface Chosen {
  readonly workflows: readonly LoadedWorkflow[];
  readonly workflow?: Workflow;
}

async function loadFile(reference: FileReference, config: string | undefined, { cwd, env }: CliIo): Promise<Chosen> {
  const path = await checkFile(reference.file, cwd);
  await prepareTypeScript([path], config, env);
  const workflows = await orExplain(reference.file, () => workflowsOf(path, reference.file));
  return { workflows, workflow: pickExport(workflows, reference).workflow };
}

async function loadFiles(context: CommandContext, needs: SessionNeeds, config: string | undefined): Promise<Chosen> {
  const { globals, io } = context;
  const files = needs.workflows === 'none' ? [] : await findFiles(globals.workflows, io.cwd);
  await prepareTypeScript(files, config, io.env);
  const loaded = await loadWorkflows(files, io.cwd);
  const picked = needs.workflow === undefined ? undefined : pickName(loaded, needs.workflow, globals.workflows, io.cwd);
  if (isNeeded(needs)) {
    refuseClashes(loaded);
    warnOf(loaded, context);
  }
  return { workflows: loaded.workflows, ...(picked ? { workflow: picked.workflow } : {}) };
}

function isNeeded({ workflows = 'needed' }: SessionNeeds): boolean {
  return workflows === 'needed';
}

/** Loads the workflows alone. */
export async function loadAll({ globals, io }: CommandContext): Promise<Loaded> {
  const files = await findFiles(globals.workflows, io.cwd);
  await prepareTypeScript(files, undefined, io.env);
  return loadWorkflows(files, io.cwd);
}

/**
 * The process that an id, or its beginning, means.
 * @throws StepwrightError `unknown_process`, `usage`
 */
export async function processOf({ engine }: Session, given: string): Promise<ProcessDetails> {
  return engine.get(await findProcess(engine, given));
}

/** The workflow of a process, where it was loaded. */
export function definitionOf({ workflows }: Session, { workflow }: ProcessDetails): Workflow | undefined {
  return workflows.find((one) => one.name === workflow);
}

/** @throws StepwrightError `usage` when the process can't be moved on here */
export function checkLoaded({ engine, command }: Session, { id, workflow }: ProcessDetails): void {
  if (engine.workflows.some((one) => one.name === workflow)) return;
  throw usage(`Process ${id} is one of workflow "${workflow}", which is not loaded. Name its file: ${command[0]} --workflows FILE …`);
}

/** Says which files could not be loaded. */
export function warnOf({ problems }: Loaded, { printer }: CommandContext): void {
  for (const { file, message } of problems) {
    const [first] = message.split('\n');
    printer.say(`warning: ${file} can't be loaded, so its workflows are missing; "stepwright check" shows all of it: ${first}`);
  }
}

/** Of two workflows with one name, it is not for the program to choose one. */
function refuseClashes({ problems }: Loaded): void {
  const clash = problems.find(({ kind }) => kind === 'same_name');
  if (clash) throw clash.error;
}

function withFile(command: readonly string[], file: string): readonly string[] {
  const [program = 'stepwright', ...options] = command;
  const rest = options.filter((word, index) => word !== '-w' && options[index - 1] !== '-w');
  return [program, '-w', file, ...rest];
}
