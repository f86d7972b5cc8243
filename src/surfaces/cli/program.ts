import { readFileSync } from 'node:fs';
import { Command, CommanderError, Option } from 'commander';
import { addAbort } from './commands/abort.js';
import { addCallback } from './commands/callback.js';
import { addCheck } from './commands/check.js';
import { addEditState } from './commands/edit-state.js';
import { addFork } from './commands/fork.js';
import { addGraph } from './commands/graph.js';
import { gather } from './commands/options.js';
import { addProcesses } from './commands/processes.js';
import { addResume } from './commands/resume.js';
import { addRetry } from './commands/retry.js';
import { addScheduler } from './commands/scheduler.js';
import { addServe } from './commands/serve.js';
import { addShow } from './commands/show.js';
import { addSkip } from './commands/skip.js';
import { addStart } from './commands/start.js';
import { addTick } from './commands/tick.js';
import { addWatch } from './commands/watch.js';
import { addWorkflows } from './commands/workflows.js';
import type { RunAction } from './context.js';
import { EXIT, type ExitCode } from './exit-codes.js';
import type { GlobalFlags } from './globals.js';
import { type CliIo, usage } from './io.js';

const COMMANDS = [
  addStart,
  addResume,
  addRetry,
  addCallback,
  addSkip,
  addEditState,
  addFork,
  addAbort,
  addProcesses,
  addShow,
  addWatch,
  addWorkflows,
  addGraph,
  addCheck,
  addTick,
  addScheduler,
  addServe,
];

const EXIT_CODES = `
Exit codes: 0 completed or done, 1 failed or aborted, 2 wrong use (nothing was started), 3 suspended or waiting, 130 interrupted.
`;

/**
 * Runs one command line, and gives its exit code. What a command does is loaded only then, so that help is there at once.
 * @param argv the words behind the program's name
 */
export async function runCli(argv: readonly string[], io: CliIo): Promise<number> {
  let exitCode: ExitCode = EXIT.done;
  const program = baseProgram(io);
  const run: RunAction = async (action) => {
    const { makeContext } = await import('./make-context.js');
    const context = makeContext(program.opts<GlobalFlags>(), io);
    exitCode = context.globals.json ? await keepingStdout(io, () => action(context)) : await action(context);
  };
  for (const add of COMMANDS) add(program, run);
  try {
    await program.parseAsync([...argv], { from: 'user' });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return EXIT.done;
    const { json, logLevel } = program.opts<GlobalFlags>();
    const view = { json: json ?? argv.includes('--json'), stack: (logLevel ?? io.env.STEPWRIGHT_LOG_LEVEL) === 'debug' };
    const { reportError } = await import('./report-error.js');
    return reportError(error instanceof CommanderError ? wrongUse(error, program, argv) : error, view, io);
  }
}

function baseProgram(io: CliIo): Command {
  return new Command('stepwright')
    .description('Durable workflows: start them, answer what they ask, and see how they stand.')
    .version(version(), '-V, --version', 'print the version')
    .addOption(
      new Option(
        '-w, --workflows <path-or-glob>',
        "where workflows lie; may be repeated (default: $STEPWRIGHT_WORKFLOWS, else 'workflows/*.ts')",
      ).argParser(gather),
    )
    .option(
      '--config <file>',
      'file whose default export is the TypeORM data source (default: $STEPWRIGHT_CONFIG, else ./ormconfig.ts or .js)',
    )
    .option('--database <file>', 'database, instead of the configured one (default: $STEPWRIGHT_DATABASE, else stepwright.db)')
    .option('--json', 'print one JSON object per line, and nothing else')
    .option('--by <name>', 'who acts, for the record (default: the name of the system user)')
    .option('--log-level <level>', 'silent, error, warn, info or debug (default: $STEPWRIGHT_LOG_LEVEL, else warn)')
    .option('--no-color', 'print without colours (also: $NO_COLOR)')
    .exitOverride()
    .showSuggestionAfterError()
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({
      writeOut: (text) => void io.stdout.write(text),
      writeErr: (text) => void io.stderr.write(text),
      outputError: () => undefined,
    })
    .addHelpText('after', EXIT_CODES);
}

/** In JSON output, standard output is for our records alone, whatever workflow files write while they are loaded. */
async function keepingStdout(io: CliIo, work: () => Promise<ExitCode>): Promise<ExitCode> {
  const { divertConsole } = await import('./output/divert-console.js');
  const endConsole = divertConsole((text) => void io.stderr.write(text));
  try {
    return await work();
  } finally {
    endConsole();
  }
}

/** The same message, in our words: what is wrong, and where help is. */
function wrongUse(error: CommanderError, program: Command, argv: readonly string[]): Error {
  if (error.code === 'commander.help') return usage('Say what to do; the commands stand above.');
  const message = error.message
    .replace(/^error: /, '')
    .replace(/^option '.*?(--[\w-]+)[^']*' argument '.*?' is invalid\. /, '$1: ')
    .replaceAll('\n', ' ');
  const command = program.commands.map((one) => one.name()).find((name) => argv.includes(name));
  const help = command ? `stepwright ${command} --help` : 'stepwright --help';
  const sentence = message.startsWith('--') ? message : `${message.charAt(0).toUpperCase()}${message.slice(1)}`;
  return usage(`${sentence}${/[.)!?]$/.test(message) ? '' : '.'} See ${help}.`, error);
}

function version(): string {
  const { version } = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')) as { version: string };
  return version;
}
