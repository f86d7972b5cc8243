import type { Clock } from '../ports/clock.js';
import type { Host } from '../ports/host.js';
import type { Logger } from '../ports/logger.js';
import type { ModelStore } from '../ports/model-store.js';
import type { ProcessStore } from '../ports/process-store.js';
import type { Random } from '../ports/random.js';
import type { Tokens } from '../ports/tokens.js';
import type { Peers } from './peers.js';
import type { WriteQueue } from './write-queue.js';

/** What an engine is given from outside. */
export interface EnginePorts {
  readonly store: ProcessStore;
  readonly models: ModelStore;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly host: Host;
  readonly tokens: Tokens;
}

/** What the parts of an engine share. */
export interface EngineParts extends EnginePorts {
  readonly queue: WriteQueue;
  readonly peers: Peers;
  /** Where calls back reach this service, without a slash at the end. */
  readonly publicUrl: string | undefined;
}
