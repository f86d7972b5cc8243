import { dirname } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { StepwrightError } from '../../../core/error.js';
import { usage } from '../io.js';

const TYPESCRIPT = /\.[cm]?tsx?$/;

/** The compiler options for workflows that no tsconfig.json of their own covers; it lies beside package.json. */
const SHIPPED_TSCONFIG = fileURLToPath(new URL('../../../../tsconfig.workflows.json', import.meta.url));

/** Where this program is itself run from TypeScript, a loader is at work already. */
const RUNS_TYPESCRIPT = TYPESCRIPT.test(import.meta.url);

/** Imports a file, a TypeScript one included. */
export function importModule(file: string): Promise<Readonly<Record<string, unknown>>> {
  return import(pathToFileURL(file).href) as Promise<Readonly<Record<string, unknown>>>;
}

/**
 * Loads something of a file, and says of which file an error is.
 * @throws StepwrightError `usage`; or the error itself, where it is one of ours and says more
 */
export async function orExplain<T>(file: string, load: () => Promise<T>): Promise<T> {
  try {
    return await load();
  } catch (error) {
    if (error instanceof StepwrightError) throw error;
    throw usage(`${file} can't be loaded: ${error instanceof Error ? error.message || error.name : String(error)}`, error);
  }
}

/**
 * Makes TypeScript files importable; call it with all of them before the first is imported, for the loader reads its options once.
 *
 * Steps and forms need `experimentalDecorators` and `emitDecoratorMetadata`. Where the project's tsconfig.json does not turn them on
 * for every workflow file, all is read with Stepwright's own.
 * @param config the file of the data source; it decides only where there are no workflow files
 */
export async function prepareTypeScript(
  workflows: readonly string[],
  config: string | undefined,
  env: Readonly<Record<string, string | undefined>>,
): Promise<void> {
  const sources = workflows.filter((file) => TYPESCRIPT.test(file));
  const deciding = sources.length === 0 && config !== undefined && TYPESCRIPT.test(config) ? [config] : sources;
  if (deciding.length === 0 || RUNS_TYPESCRIPT) return;
  if (!env.OXC_TSCONFIG_PATH && !env.TS_NODE_PROJECT && !(await areCovered(deciding))) {
    const { setTsconfigPath } = await import('@oxc-node/core');
    setTsconfigPath(SHIPPED_TSCONFIG);
  }
  await import('@oxc-node/core/register');
}

/** Whether each file is included in the nearest tsconfig.json above it, and that turns decorators and their metadata on. */
async function areCovered(files: readonly string[]): Promise<boolean> {
  const { createFilesMatcher, getTsconfig } = await import('get-tsconfig');
  const cache = new Map();
  return files.every((file) => {
    const found = getTsconfig(dirname(file), 'tsconfig.json', cache);
    const options = found && createFilesMatcher(found)(file)?.compilerOptions;
    return options?.experimentalDecorators === true && options.emitDecoratorMetadata === true;
  });
}
