import { userInfo } from 'node:os';
import { delimiter } from 'node:path';
import { didYouMean } from '../../core/nearest.js';
import { type CliIo, usage } from './io.js';

/** The options that every command takes, as commander reads them. */
export interface GlobalFlags {
  readonly workflows?: readonly string[];
  readonly config?: string;
  readonly database?: string;
  readonly json?: boolean;
  readonly logLevel?: string;
  readonly by?: string;
  readonly color?: boolean;
}

/** The same with the environment and the defaults behind them. */
export interface Globals {
  /** Files, folders and globs; undefined where nothing was said. */
  readonly workflows: readonly string[] | undefined;
  readonly config: string | undefined;
  readonly database: string | undefined;
  readonly json: boolean;
  readonly logLevel: string;
  readonly by: string;
  readonly color: boolean;
  /** How another command is written for the same workflows and database: `stepwright`, with the options that were given. */
  readonly command: readonly string[];
}

const LOG_LEVELS = ['silent', 'error', 'warn', 'info', 'debug'];

/**
 * What was given on the command line, else in the environment, else the default.
 * @throws StepwrightError `usage` for a log level that there is not
 */
export function resolveGlobals(flags: GlobalFlags, { env, stdout }: Pick<CliIo, 'env' | 'stdout'>): Globals {
  const logLevel = flags.logLevel ?? (env.STEPWRIGHT_LOG_LEVEL || 'warn');
  if (!LOG_LEVELS.includes(logLevel)) {
    const where = flags.logLevel === undefined ? 'STEPWRIGHT_LOG_LEVEL' : '--log-level';
    throw usage(`${where} is "${logLevel}".${didYouMean(logLevel, LOG_LEVELS)} Write one of ${LOG_LEVELS.join(', ')}.`);
  }
  return {
    workflows: flags.workflows ?? (env.STEPWRIGHT_WORKFLOWS ? env.STEPWRIGHT_WORKFLOWS.split(delimiter).filter(Boolean) : undefined),
    config: flags.config ?? (env.STEPWRIGHT_CONFIG || undefined),
    database: flags.database ?? (env.STEPWRIGHT_DATABASE || undefined),
    json: flags.json ?? false,
    logLevel,
    by: flags.by ?? userName(env),
    color: hasColor(flags, env, stdout.isTTY ?? false),
    command: commandFor(flags, env),
  };
}

function hasColor({ color, json }: GlobalFlags, env: CliIo['env'], isTTY: boolean): boolean {
  if (color === false || json || env.NO_COLOR || env.TERM === 'dumb') return false;
  return isTTY || (env.FORCE_COLOR !== undefined && env.FORCE_COLOR !== '0');
}

function commandFor({ workflows = [], config, database }: GlobalFlags, env: CliIo['env']): readonly string[] {
  const option = (name: string, value: string | undefined) => (value === undefined ? [] : [name, value]);
  return [...programFor(env), ...workflows.flatMap((one) => ['-w', one]), ...option('--config', config), ...option('--database', database)];
}

/** How this program was called, so that what is printed can be typed: npm says which of its ways it was. */
function programFor({ npm_lifecycle_event: event }: CliIo['env']): readonly string[] {
  if (event === 'npx') return ['npx', 'stepwright'];
  return event === 'stepwright' ? ['npm', 'run', 'stepwright', '--'] : ['stepwright'];
}

/** The name of the system's user; an account without a name in the system has one in the environment, or none. */
function userName(env: CliIo['env']): string {
  try {
    return userInfo().username;
  } catch {
    return env.USER || env.LOGNAME || 'unknown';
  }
}
