import type { Logger } from '../ports/logger.js';

/** One thing that was written to a logger. */
export interface LogLine {
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  readonly message: string;
  /** The fields of the line, with those of the loggers that it came through. */
  readonly fields: Readonly<Record<string, unknown>>;
}

/** A logger that prints nothing, and keeps what was written for a test to look at. */
export class SilentLogger implements Logger {
  readonly #lines: LogLine[];
  readonly #fields: object;

  /** @param parent the logger that keeps the lines of this one too, if it is a child */
  constructor(parent?: SilentLogger, fields: object = {}) {
    this.#lines = parent ? parent.#lines : [];
    this.#fields = parent ? { ...parent.#fields, ...fields } : fields;
  }

  /** What was written so far, to this logger and to its children, in order. */
  get lines(): readonly LogLine[] {
    return this.#lines;
  }

  debug(fields: object, message: string): void {
    this.#write('debug', fields, message);
  }

  info(fields: object, message: string): void {
    this.#write('info', fields, message);
  }

  warn(fields: object, message: string): void {
    this.#write('warn', fields, message);
  }

  error(fields: object, message: string): void {
    this.#write('error', fields, message);
  }

  child(fields: object): SilentLogger {
    return new SilentLogger(this, fields);
  }

  #write(level: LogLine['level'], fields: object, message: string): void {
    this.#lines.push({ level, message, fields: { ...this.#fields, ...fields } });
  }
}
