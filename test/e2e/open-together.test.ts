import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, it } from 'vitest';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'stepwright-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const OPEN = `
  import { openService } from 'stepwright';
  const service = await openService({ workflows: [], database: { database: process.argv[1] } });
  await service.close();
`;

it('lets several programs open a new database at once', { timeout: 60_000 }, async () => {
  const flags = ['--conditions=stepwright-source', '--import', '@oxc-node/core/register', '--input-type=module', '--eval', OPEN];
  const opened = Array.from({ length: 4 }, () => execa('node', [...flags, join(folder, 'new.db')], { reject: false }));
  for (const { exitCode, stderr } of await Promise.all(opened)) expect(exitCode, stderr).toBe(0);
});
