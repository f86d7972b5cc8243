import type { Host, HostProcess } from '../ports/host.js';

/** What the processes of one machine share: which of them are gone, and the next one's number. */
interface Machine {
  readonly gone: Set<string>;
  nextPid: number;
}

/** One process of a machine that exists only in a test, where a process is gone once the test says so. */
export class MemoryHost implements Host {
  readonly #machine: Machine;
  readonly #self: HostProcess;

  /** @param neighbour a process of the machine that this one runs on too; a machine of its own when left out */
  constructor(neighbour?: MemoryHost) {
    this.#machine = neighbour ? neighbour.#machine : { gone: new Set(), nextPid: 1 };
    const pid = this.#machine.nextPid++;
    this.#self = Object.freeze({ hostname: 'memory', bootId: 'boot-1', pidNamespace: '', pid, startedAt: `${pid}` });
  }

  self(): HostProcess {
    return this.#self;
  }

  isGone(other: HostProcess): boolean {
    return this.#machine.gone.has(identity(other));
  }

  /** Another process of the same machine, as a second engine has it. */
  spawn(): MemoryHost {
    return new MemoryHost(this);
  }

  /** From now on a process counts as gone, for every process of this machine. @default this one */
  declareGone(process: HostProcess = this.#self): void {
    this.#machine.gone.add(identity(process));
  }
}

function identity({ hostname, bootId, pidNamespace, pid, startedAt }: HostProcess): string {
  return JSON.stringify([hostname, bootId, pidNamespace, pid, startedAt]);
}
