import { stepsAgainstBare } from '../steps-against-bare.js';

/** One process of 1,000 steps. */
export const bench = stepsAgainstBare({ steps: 1000 });
