import { mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import { faultOfTypeImport, plans } from './fixtures/plans.js';

// What a parameter gets must not depend on the tool that runs the workflow; each of them emits the types of parameters in its own way.

interface Printed {
  readonly plans: ReturnType<typeof plans>;
  readonly fault: string;
}

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const FIXTURE = 'test/author/fixtures/plans';

async function print(cwd: string, ...args: readonly string[]): Promise<Printed> {
  const { stdout } = await execa('node', args, { cwd });
  return JSON.parse(stdout) as Printed;
}

function underOxcNode(): Promise<Printed> {
  return print(ROOT, '--conditions=stepwright-source', '--import', '@oxc-node/core/register', `${FIXTURE}.ts`);
}

/** Compiles the fixture and all that it imports into a package of its own, and runs that with Node alone. */
async function underTsc(): Promise<Printed> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'stepwright-tsc-')));
  try {
    const compilerOptions = { noEmit: false, rootDir: ROOT, outDir: folder, typeRoots: [join(ROOT, 'node_modules/@types')] };
    const config = { extends: join(ROOT, 'tsconfig.json'), compilerOptions, include: [], files: [join(ROOT, `${FIXTURE}.ts`)] };
    const exports = { '.': './src/index.js', './testing': './src/testing/index.js' };
    await writeFile(join(folder, 'tsconfig.json'), JSON.stringify(config));
    await writeFile(join(folder, 'package.json'), JSON.stringify({ name: 'stepwright', type: 'module', exports }));
    await symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
    // It emits whatever it thinks of the types, which are checked elsewhere.
    await execa('tsc', ['-p', folder], { preferLocal: true, localDir: ROOT, reject: false });
    return await print(folder, `${FIXTURE}.js`);
  } finally {
    await rm(folder, { recursive: true });
  }
}

const value = (key: string, convert: string, whenMissing = 'refuse') => ({ gets: 'value', key, whenMissing, convert: convert.split(' ') });
const model = (key: string, whenMissing: string, ...models: string[]) => ({ gets: 'model', key, whenMissing, models });

const TEXT = 'string string refused string refused refused refused';
const ANYTHING = 'string number boolean string Array Object object';
const LIST = 'refused refused refused refused Array refused refused';
const ORDER = 'refused refused refused refused refused CircuitOrder refused';

/** What is made of '7', 7, true, '2026-01-31', [1], { speed: 1 } and null. */
const PLANS: Printed['plans'] = {
  state: [{ gets: 'state' }],
  context: [{ gets: 'context' }],
  scalars: [
    value('string', TEXT),
    value('number', 'number number refused refused refused refused refused'),
    value('boolean', 'refused refused boolean refused refused refused refused'),
    value('date', 'refused Date refused Date refused refused refused'),
  ],
  lists: [value('array', LIST), value('readonlyArray', LIST), value('tuple', LIST)],
  classes: [model('model', 'create', 'Circuit'), model('ownModel', 'create', 'Port'), value('form', ORDER)],
  unions: [value('union', ANYTHING), value('literals', TEXT), value('orNull', ANYTHING), value('orUndefined', ANYTHING)],
  enums: [
    value('enumerated', 'string string'),
    value('ownEnum', 'number number refused refused refused refused refused'),
    value('constant', 'string'),
  ],
  untyped: ['alias', 'inline', 'only', 'object', 'unknown', 'record'].map((key) => value(key, ANYTHING)),
  missing: [
    value('absent', 'string string refused string refused refused undefined', 'undefined'),
    value('byDefault', 'string number boolean string Array Object undefined', 'undefined'),
    value('typedDefault', 'number number refused refused refused refused undefined', 'undefined'),
    model('model', 'undefined', 'Circuit'),
  ],
  named: [value('order', ORDER), value('name', TEXT)],
  told: [
    { gets: 'models', key: 'circuits', models: ['Circuit'], whenMissing: 'list' },
    value('orders', 'refused refused refused refused refused refused Array', 'list'),
    model('end', 'refuse', 'Circuit', 'Port'),
  ],
};

describe('a workflow', { timeout: 60_000 }, () => {
  it.each<[string, () => Promise<Printed>]>([
    ['vitest', async () => ({ plans: plans(), fault: await faultOfTypeImport() })],
    ['@oxc-node/core', underOxcNode],
    ['tsc', underTsc],
  ])('has the same plan under %s, and says the same of a model that is imported as a type', async (_, run) => {
    const printed = await run();
    expect(printed.plans).toEqual(PLANS);
    expect(printed.fault).toMatch(/Step "Look" .*import (Circuit|its class) as a value \(not with "import type"\)/);
  });
});
