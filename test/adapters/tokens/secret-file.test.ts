import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readSecret } from '../../../src/adapters/tokens/secret-file.js';

const UNUSABLE = { code: 'store_unavailable' };

describe('readSecret', () => {
  let folder: string;
  let file: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'stepwright-'));
    file = join(folder, 'flows.db.secret');
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('makes 32 random bytes that only their owner can read, and gives the same from then on', () => {
    const secret = readSecret(file);
    expect(secret).toHaveLength(32);
    expect(readFileSync(file)).toEqual(secret);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readSecret(file)).toEqual(secret);
    expect(readdirSync(folder)).toEqual(['flows.db.secret']);
    expect(readSecret(join(folder, 'other.secret'))).not.toEqual(secret);
  });

  it('takes what is there, where it is long enough', () => {
    writeFileSync(file, 'x'.repeat(40));
    expect(readSecret(file).toString()).toBe('x'.repeat(40));
  });

  it.each([0, 5, 31])('refuses a file of %i bytes, and says what to do', (length) => {
    writeFileSync(file, 'x'.repeat(length));
    expect(() => readSecret(file)).toThrow(
      expect.objectContaining({ ...UNUSABLE, message: expect.stringContaining(`is ${length} bytes long`) }),
    );
    expect(readFileSync(file)).toHaveLength(length);
  });

  it('refuses what it can not read, and where it can not make a file', () => {
    mkdirSync(file);
    expect(() => readSecret(file)).toThrow(expect.objectContaining({ ...UNUSABLE, message: expect.stringContaining('STEPWRIGHT_SECRET') }));
    expect(() => readSecret(join(folder, 'no', 'such', 'folder'))).toThrow(expect.objectContaining(UNUSABLE));
  });

  it('gives programs that start at once the same secret', async () => {
    const module = new URL('../../../src/adapters/tokens/secret-file.ts', import.meta.url).href;
    const script = `import('${module}').then(({ readSecret }) => console.log(readSecret(process.argv[1]).toString('hex')))`;
    const run = promisify(execFile);
    const oxnode = ['--import', '@oxc-node/core/register', '-e', script, file];
    const programs = await Promise.all([1, 2, 3, 4].map(() => run(process.execPath, oxnode)));
    const secrets = programs.map(({ stdout }) => stdout.trim());
    expect(new Set(secrets).size).toBe(1);
    expect(secrets[0]).toBe(readFileSync(file).toString('hex'));
    expect(readdirSync(folder)).toEqual(['flows.db.secret']);
  }, 60_000);

  it('is not kept from its work by a draft that a killed program left behind', () => {
    for (const name of [process.pid, 1, 'draft']) writeFileSync(`${file}.${name}`, 'half');
    expect(readSecret(file)).toHaveLength(32);
  });
});
