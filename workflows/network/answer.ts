import type { Fault } from './faults.js';
import type { NetworkState } from './network-state.js';

/** A JSON object that came in or goes out. */
export type JsonObject = { readonly [key: string]: unknown };

/** What a handler may look at: the network as it stands, and the faults that are still to come. */
export interface Run {
  readonly network: NetworkState;
  readonly faults: readonly Fault[];
}

/** One request, read and decoded. */
export interface Call {
  /** What stands in the path where the route has `:name`, in order. */
  readonly params: readonly string[];
  /** The `Idempotency-Key`; empty where the route takes none. */
  readonly key: string;
  /** The body; empty where the route takes none. */
  readonly body: JsonObject;
}

/** What a call is answered with, and what it changes. A handler is pure: the controller stores the change, then sends the answer. */
export interface Answer {
  readonly status: number;
  /** Sent as JSON; an answer without one has no content. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** The network after the call, when the call changes it. */
  readonly network?: NetworkState;
  /** The call back that is made later, when the call asks for one. */
  readonly callBack?: { readonly token: string; readonly body: JsonObject };
  /** The faults after the call, when the call changes them. */
  readonly faults?: readonly Fault[];
}

/** An answer that says no: `error` is a word for programs, `message` a sentence for people. */
export function refuse(status: number, error: string, message: string, more: JsonObject = {}): Answer {
  return { status, body: { error, message, ...more } };
}

/** Refuses a body with a field that the call does not know: a misspelt field must not pass as a missing one. */
export function refuseStrayFields(body: JsonObject, known: readonly string[]): Answer | undefined {
  const stray = Object.keys(body).find((field) => !known.includes(field));
  return stray === undefined ? undefined : refuse(422, 'invalid', `Unknown field "${stray}"; the fields are ${known.join(', ')}.`);
}
