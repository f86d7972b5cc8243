import { isDeepStrictEqual } from 'node:util';
import { type Answer, type Call, type JsonObject, refuse } from './answer.js';
import type { Made } from './network-state.js';

/**
 * Finds a thing by its id or, for a client that never learnt the id because the answer was lost, by the key that it was made with.
 * A key is known as long as what it made exists.
 */
export function findMade<T extends Made>(made: readonly T[], idOrKey: string): T | undefined {
  return made.find((thing) => thing.id === idOrKey) ?? made.find((thing) => thing.key === idOrKey);
}

/** Answers a request whose key has been seen before: the same body gets the same thing again, another body is refused. */
export function answerAgain<T extends Made>(made: readonly T[], call: Call, view: (thing: T) => JsonObject): Answer | undefined {
  const earlier = made.find((thing) => thing.key === call.key);
  if (!earlier) return undefined;
  if (isDeepStrictEqual(earlier.request, call.body)) return { status: 200, body: view(earlier) };
  const message = `The Idempotency-Key "${call.key}" has made ${earlier.id} from a different body; use a new key for a new request.`;
  return refuse(409, 'key_reused', message, { holder: earlier.id });
}
