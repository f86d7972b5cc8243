import { stepsAgainstBare } from '../steps-against-bare.js';

/** A hundred processes of 20 steps at once. Their steps share commits, so this may well be faster than a transaction per step. */
export const bench = stepsAgainstBare({ steps: 20, processes: 100 });
