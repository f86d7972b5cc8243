import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NodeHost } from '../../../src/adapters/host/node-host.js';

let proc: string;
let ended: number;
beforeAll(async () => {
  proc = mkdtempSync(join(tmpdir(), 'stepwright-proc-'));
  mkdirSync(join(proc, 'sys/kernel/random'), { recursive: true });
  writeFileSync(join(proc, 'sys/kernel/random/boot_id'), 'boot-1\n');
  mkdirSync(join(proc, 'self/ns'), { recursive: true });
  symlinkSync('pid:[1]', join(proc, 'self/ns/pid'));
  writeStat('self', 'R', '100');
  const child = execa('node', ['--version']);
  await child;
  ended = child.pid ?? 0;
});
afterAll(() => rmSync(proc, { recursive: true, force: true }));

/** Tells of a process as proc(5) has it; its command's name is an awkward one. */
function writeStat(pid: number | string, state: string, startedAt: string): void {
  mkdirSync(join(proc, String(pid)), { recursive: true });
  writeFileSync(join(proc, String(pid), 'stat'), `7 (a ) b) ${state}${' 0'.repeat(18)} ${startedAt} 0 0\n`);
}

describe('NodeHost', () => {
  it('knows its own process', () => {
    expect(new NodeHost(proc).self()).toMatchObject({ bootId: 'boot-1', pidNamespace: 'pid:[1]', pid: process.pid, startedAt: '100' });
  });

  it.each([
    ['there is none of its number', () => ({ pid: ended }), true],
    ['its number was given anew', () => ({ pid: process.pid, stat: ['R', '200'] as const }), true],
    ['it has ended, and nobody has asked how', () => ({ pid: process.pid, stat: ['Z', '100'] as const }), true],
    ['the machine was started anew since', () => ({ pid: process.pid, bootId: 'boot-0' }), true],
    ['it is there', () => ({ pid: process.pid, stat: ['S', '100'] as const }), false],
    ['it is there, and the system does not tell about it', () => ({ pid: process.pid }), false],
    ['it is in another container', () => ({ pid: ended, pidNamespace: 'pid:[2]' }), false],
    ['it is on another machine', () => ({ pid: ended, hostname: 'elsewhere' }), false],
  ])('says of a process of which %s whether it is gone', (_, other, gone) => {
    const { stat, ...fields }: { pid: number; stat?: readonly [string, string] } = other();
    rmSync(join(proc, String(fields.pid)), { recursive: true, force: true });
    if (stat) writeStat(fields.pid, ...stat);
    const host = new NodeHost(proc);
    expect(host.isGone({ ...host.self(), startedAt: '100', ...fields })).toBe(gone);
  });

  it('takes nobody for gone where the system tells nothing', () => {
    const host = new NodeHost(join(proc, 'nowhere'));
    expect(host.isGone({ ...host.self(), pid: ended })).toBe(false);
  });
});
