import { describe } from 'vitest';
import { claimContract } from './process-store/claims.js';
import { commitContract } from './process-store/commit.js';
import { familyContract } from './process-store/families.js';
import { freedContract } from './process-store/freed.js';
import { joinedContract } from './process-store/joined.js';
import { journalContract } from './process-store/journal.js';
import { linkContract } from './process-store/links.js';
import { lockContract } from './process-store/locks.js';
import { queryContract } from './process-store/queries.js';
import { runnerContract } from './process-store/runners.js';
import { waitContract } from './process-store/waits.js';
import type { OpenStore } from './stores.js';

/** What every process store does: `src/ports/process-store.ts`, sentence by sentence. */
export function processStoreContract(name: string, open: OpenStore): void {
  describe(`${name} as a process store`, () => {
    commitContract(open);
    joinedContract(open);
    journalContract(open);
    waitContract(open);
    lockContract(open);
    freedContract(open);
    linkContract(open);
    familyContract(open);
    queryContract(open);
    claimContract(open);
    runnerContract(open);
  });
}
