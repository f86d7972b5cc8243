/** Makes tokens that nobody else can make, and what they are known by. */
export interface Tokens {
  /** A token for a text: the same for the same text, plain ASCII that can stand in a URL. */
  sign(text: string): string;
  /** What a token is known by where it is stored; nobody can get the token back from it. */
  hash(token: string): string;
}
