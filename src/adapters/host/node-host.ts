import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import type { Host, HostProcess } from '../../ports/host.js';

/**
 * The operating system below Node.
 *
 * On Linux, /proc tells the boot, the pid namespace, and when a process started (field 22 of /proc/PID/stat, see proc(5)); elsewhere
 * nothing is known for sure, and a dead runner is found by its lease.
 */
export class NodeHost implements Host {
  readonly #self: HostProcess = {
    hostname: hostname(),
    bootId: read('/proc/sys/kernel/random/boot_id'),
    pidNamespace: link('/proc/self/ns/pid'),
    pid: process.pid,
    startedAt: startOf('self'),
  };

  self(): HostProcess {
    return this.#self;
  }

  isGone(other: HostProcess): boolean {
    const { hostname: name, bootId, pidNamespace } = this.#self;
    if (other.hostname !== name || bootId === '' || pidNamespace === '') return false;
    if (other.bootId !== bootId) return true;
    return other.pidNamespace === pidNamespace && startOf(String(other.pid)) !== other.startedAt;
  }
}

function startOf(pid: string): string {
  const stat = read(`/proc/${pid}/stat`);
  // The command's name, in parentheses, may hold spaces: fields are counted from behind it. Field 3 comes first there.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const state = fields[0];
  return state === undefined || state === 'Z' || state === 'X' ? '' : (fields[19] ?? '');
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    return '';
  }
}

function link(file: string): string {
  try {
    return readlinkSync(file);
  } catch {
    return '';
  }
}
