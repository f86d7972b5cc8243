/** Where randomness comes from. */
export interface Random {
  /** A number from 0 (included) to 1 (excluded). */
  number(): number;
  /** A random UUID (version 4). */
  uuid(): string;
}
