/** Where the engine and the steps write what they do; the shape of pino's methods. */
export interface Logger {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
  /** A logger that adds these fields to all it writes. */
  child(fields: object): Logger;
}
