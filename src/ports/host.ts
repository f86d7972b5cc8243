/** Which operating-system process an engine runs in: enough to tell later, on the same machine, that it is gone. */
export interface HostProcess {
  readonly hostname: string;
  /** Changes with every boot; empty where the system does not tell. */
  readonly bootId: string;
  /** The namespace that `pid` counts in; empty where there is none. */
  readonly pidNamespace: string;
  readonly pid: number;
  /** When it started, in the system's own count: with it, a pid given anew is not mistaken for the old process. */
  readonly startedAt: string;
}

/** What the engine knows of the machine it runs on. */
export interface Host {
  self(): HostProcess;
  /** Whether another process is gone for sure; false where that can't be told from here. */
  isGone(other: HostProcess): boolean;
}
