import { readdirSync, readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { posix } from 'node:path';
import { parseSync, Visitor } from 'oxc-parser';
import { describe, expect, it } from 'vitest';

// Which way imports point in src: by layer, by package, and into Node. The linter checks the rest: no value cycles, no `export *`,
// no package that is not in package.json's `dependencies`, and the environment read only in app.ts and the command line.

/** What the files of one layer may import besides each other; a folder covers the folders inside it. */
interface Layer {
  /** Folders and files of src. */
  readonly src?: readonly string[];
  /** Folders of src of which only the types may be imported, with `import type`. */
  readonly types?: readonly string[];
  /** Packages, by name. */
  readonly npm?: (name: string) => boolean;
  /** Whether Node's own modules, and modules whose name is computed, may be imported. */
  readonly node?: boolean;
}

const AUTHORING = [
  'acorn',
  'class-transformer',
  'class-validator',
  'class-validator-jsonschema',
  'croner',
  'liquidjs',
  'reflect-metadata',
  'yaml',
];
const authoring = (name: string) => AUTHORING.includes(name);
const exceptTypeorm = (name: string) => name !== 'typeorm';
const any = () => true;

/** The layers by path; `*` is any one folder, and where two fit, the later one is meant. */
const LAYERS: Readonly<Record<string, Layer>> = {
  core: {},
  ports: { src: ['core'] },
  author: { src: ['core'], types: ['ports'], npm: authoring },
  'author/models': { src: ['core'], types: ['ports'], npm: (name) => authoring(name) || name === 'typeorm' },
  engine: { src: ['core', 'ports'] },
  'adapters/*': { src: ['core', 'ports'], npm: exceptTypeorm, node: true },
  'adapters/typeorm': { src: ['core', 'ports', 'author/models'], npm: any, node: true },
  'surfaces/*': { src: ['core', 'ports', 'engine', 'author'], npm: exceptTypeorm, node: true },
  'surfaces/cli': { src: ['core', 'ports', 'engine', 'author', 'surfaces/http', 'app.ts'], npm: exceptTypeorm, node: true },
  testing: { src: ['core', 'ports', 'engine', 'author'], npm: exceptTypeorm, node: true },
  'app.ts': { src: ['core', 'ports', 'engine', 'author', 'adapters', 'surfaces'], npm: any, node: true },
  'index.ts': { src: ['core', 'ports', 'engine', 'author', 'adapters', 'surfaces', 'testing', 'app.ts'] },
};

interface Import {
  /** `undefined` where it is computed. */
  readonly specifier: string | undefined;
  readonly typeOnly: boolean;
}

/** Every import of a source text, in whatever form: import, re-export, `import()`, `typeof import()`, `import x = require()`. */
function importsOf(file: string, text: string): readonly Import[] {
  const { program, errors } = parseSync(file, text);
  if (errors.length > 0) throw new Error(`${file} can't be parsed: ${errors[0]?.message}`);
  const found: Import[] = [];
  const add = (source: { readonly type: string; readonly value?: unknown } | null, typeOnly: boolean) => {
    if (source) found.push({ specifier: typeof source.value === 'string' ? source.value : undefined, typeOnly });
  };
  new Visitor({
    ImportDeclaration: (node) => add(node.source, node.importKind === 'type'),
    ExportNamedDeclaration: (node) => add(node.source, node.exportKind === 'type'),
    ExportAllDeclaration: (node) => add(node.source, node.exportKind === 'type'),
    ImportExpression: (node) => add(node.source, false),
    TSImportType: (node) => add(node.source, true),
    TSExternalModuleReference: (node) => add(node.expression, false),
  }).visit(program);
  return found;
}

/** Whether a path of src is the file, or lies in the folder, that a pattern names. */
function fits(pattern: string, path: string): boolean {
  const escaped = pattern.replace('.', '\\.').replace('*', '[^/]+');
  return new RegExp(`^${escaped}${pattern.endsWith('.ts') ? '$' : '/'}`).test(path);
}

/** Where a path of src lies: its folder, its adapter's or surface's folder, or itself for a file at the top. */
function placeOf(path: string): string {
  const [top = '', inner = ''] = path.split('/');
  return top === 'adapters' || top === 'surfaces' ? `${top}/${inner}` : top;
}

function isAllowed(file: string, layer: Layer, { specifier, typeOnly }: Import): boolean {
  if (specifier === undefined || isBuiltin(specifier)) return layer.node === true;
  if (!specifier.startsWith('.')) {
    const name = /^(?:@[^/]+\/)?[^/]+/.exec(specifier)?.[0] ?? specifier;
    return name !== 'stepwright' && layer.npm?.(name) === true;
  }
  const target = posix.join(posix.dirname(file), specifier).replace(/\.js$/, '.ts');
  const folders = [...(layer.src ?? []), ...(typeOnly ? (layer.types ?? []) : [])];
  return placeOf(target) === placeOf(file) || folders.some((folder) => fits(folder, target));
}

/** What a file of src imports and may not, in words; `file` is its path in src. */
function wrongImports(file: string, text: string): readonly string[] {
  const name = Object.keys(LAYERS).findLast((pattern) => fits(pattern, file));
  const layer = name === undefined ? undefined : LAYERS[name];
  if (!layer) return [`src/${file} lies in no layer; move it into one, or describe a new layer in test/architecture.test.ts`];
  return importsOf(file, text)
    .filter((found) => !isAllowed(file, layer, found))
    .map(({ specifier, typeOnly }) => {
      const how = typeOnly ? 'the types of' : 'values from';
      return `src/${file} imports ${how} ${specifier ?? 'a computed name'}, which ${name} may not`;
    });
}

describe('the layers of src', () => {
  it('import only what their place allows', () => {
    const files = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
    expect(files.flatMap((file) => wrongImports(file, readFileSync(`src/${file}`, 'utf8')))).toEqual([]);
  });
});

describe('an import', () => {
  it.each([
    ['core/a.ts', `import { b } from './nodes/b.js'`],
    ['ports/a.ts', `import { b } from '../core/b.js'`],
    ['author/a.ts', `import type { B } from '../ports/b.js'`],
    ['author/stages/a.ts', `import { parse } from 'yaml'; import { b } from '../source/b.js'`],
    ['author/models/a.ts', `import { Entity } from 'typeorm'`],
    ['engine/a.ts', `import { b } from '../ports/b.js'; import { c } from '../core/c.js'`],
    ['adapters/typeorm/a.ts', `import { DataSource } from 'typeorm'; import { B } from '../../author/models/b.js'`],
    ['adapters/host/a.ts', `import { hostname } from 'node:os'; import { b } from './b.js'`],
    ['surfaces/http/a.ts', `import { b } from '../../engine/b.js'`],
    ['surfaces/http/a.ts', `import fastify from 'fastify'`],
    ['surfaces/cli/a.ts', `import { createApp } from '../../app.js'; await import(path)`],
    ['surfaces/cli/actions/a.ts', `const { b } = await import('../../http/b.js')`],
    ['testing/a.ts', `import { b } from '../engine/b.js'`],
    ['app.ts', `import { b } from './adapters/typeorm/b.js'`],
    ['index.ts', `export { createApp } from './app.js'; export { b } from './adapters/typeorm/b.js'`],
  ])('is allowed in %s: %s', (file, text) => {
    expect(wrongImports(file, text)).toEqual([]);
  });

  it.each([
    ['core/a.ts', `import { b } from '../ports/b.js'`],
    ['core/a.ts', `import type { B } from '../engine/b.js'`],
    ['core/a.ts', `type B = import('../author/b.js').B`],
    ['core/a.ts', `import { parse } from 'acorn'`],
    ['core/a.ts', `import { randomUUID } from 'node:crypto'`],
    ['core/a.ts', `await import(path)`],
    ['ports/a.ts', `import type { B } from '../engine/b.js'`],
    ['ports/a.ts', `import type { Readable } from 'node:stream'`],
    ['author/a.ts', `import { b } from '../ports/b.js'`],
    ['author/a.ts', `import { type B } from '../ports/b.js'`],
    ['author/a.ts', `import { b } from '../engine/b.js'`],
    ['author/a.ts', `import { readFile } from 'fs/promises'`],
    ['author/a.ts', `import type { DataSource } from 'typeorm'`],
    ['author/a.ts', `import pino from 'pino'`],
    ['engine/a.ts', `import type { B } from '../author/b.js'`],
    ['engine/a.ts', `export { b } from '../adapters/typeorm/b.js'`],
    ['engine/a.ts', `import 'reflect-metadata'`],
    ['engine/a.ts', `import timers = require('node:timers')`],
    ['adapters/host/a.ts', `import { b } from '../typeorm/b.js'`],
    ['adapters/host/a.ts', `import { b } from '../../engine/b.js'`],
    ['adapters/host/a.ts', `import { B } from '../../author/models/b.js'`],
    ['adapters/host/a.ts', `import { DataSource } from 'typeorm'`],
    ['adapters/host/a.ts', `import { b } from 'stepwright'`],
    ['adapters/typeorm/a.ts', `import { b } from '../../author/b.js'`],
    ['surfaces/http/a.ts', `import { b } from '../cli/b.js'`],
    ['surfaces/http/a.ts', `import { createApp } from '../../app.js'`],
    ['surfaces/cli/a.ts', `import { b } from '../../adapters/host/b.js'`],
    ['surfaces/cli/a.ts', `import { b } from '../../../workflows/b.js'`],
    ['testing/a.ts', `import { b } from '../adapters/host/b.js'`],
    ['app.ts', `import { b } from '../domain/b.js'`],
    ['app.ts', `import { b } from './testing/b.js'`],
    ['index.ts', `export { DataSource } from 'typeorm'`],
    ['adapters/a.ts', `import { b } from '../core/b.js'`],
    ['helpers/a.ts', `import { b } from '../core/b.js'`],
  ])('is refused in %s: %s', (file, text) => {
    expect(wrongImports(file, text)).not.toEqual([]);
  });
});
