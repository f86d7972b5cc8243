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
  readonly #proc: string;
  readonly #self: HostProcess;

  /** @param proc where the system tells of its processes */
  constructor(proc = '/proc') {
    this.#proc = proc;
    this.#self = {
      hostname: hostname(),
      bootId: read(`${proc}/sys/kernel/random/boot_id`),
      pidNamespace: link(`${proc}/self/ns/pid`),
      pid: process.pid,
      startedAt: startOf(`${proc}/self`) ?? '',
    };
  }

  self(): HostProcess {
    return this.#self;
  }

  isGone(other: HostProcess): boolean {
    const { hostname: name, bootId, pidNamespace } = this.#self;
    if (other.hostname !== name || bootId === '' || pidNamespace === '') return false;
    if (other.bootId !== bootId) return true;
    if (other.pidNamespace !== pidNamespace) return false;
    if (!exists(other.pid)) return true;
    const startedAt = startOf(`${this.#proc}/${other.pid}`);
    return startedAt !== undefined && startedAt !== other.startedAt;
  }
}

/** Whether there is a process of this number, be it somebody else's. */
function exists(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}

/** When a process started; empty when it has ended, undefined where that can't be read, as others' processes under `hidepid`. */
function startOf(folder: string): string | undefined {
  const stat = read(`${folder}/stat`);
  if (stat === '') return undefined;
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
