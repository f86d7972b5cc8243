import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { EMPTY_NETWORK, type NetworkState } from './network-state.js';

/** Where the controller's state survives a restart. */
export interface StateFile {
  /** What was saved last; an empty network when nothing was. */
  load(): NetworkState;
  /** Returns once the state would survive a power cut. */
  save(state: NetworkState): void;
}

/** Keeps nothing. */
export const NO_FILE: StateFile = { load: () => EMPTY_NETWORK, save: () => {} };

/**
 * Keeps the state in a JSON file, for one controller at a time.
 *
 * A save writes a second file beside it, syncs it, and renames it into place: a crash at any instant leaves the old state or the new
 * one, never half of one. Saves are synchronous on purpose: no other request can see a change that is not yet safe.
 */
export function openStateFile(path: string): StateFile {
  mkdirSync(dirname(path), { recursive: true });
  return { load: () => loadState(path), save: (state) => saveState(path, state) };
}

function loadState(path: string): NetworkState {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return EMPTY_NETWORK;
    throw error;
  }
  const state = parse(text);
  if (!isNetworkState(state)) throw new TypeError(`${path} is not a state file of this controller; name another, or move it away.`);
  return { ...EMPTY_NETWORK, ...state }; // an older file has no routers
}

function saveState(path: string, state: NetworkState): void {
  const next = `${path}.tmp`;
  const file = openSync(next, 'w', 0o600);
  try {
    writeFileSync(file, `${JSON.stringify(state, null, 1)}\n`);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(next, path);
  syncDirectory(dirname(path));
}

/** Makes a rename durable. Windows can't open a directory, and needs no such call. */
function syncDirectory(path: string): void {
  if (process.platform === 'win32') return;
  const directory = openSync(path, 'r');
  try {
    fsyncSync(directory);
  } finally {
    closeSync(directory);
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isNetworkState(value: unknown): value is NetworkState {
  const state = value as Partial<NetworkState> | null | undefined;
  const counted = Number.isInteger(state?.lastReservation) && Number.isInteger(state?.lastCircuit);
  return counted && Array.isArray(state?.reservations) && Array.isArray(state?.circuits);
}
