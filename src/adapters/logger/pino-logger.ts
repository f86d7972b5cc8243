import { destination, pino } from 'pino';
import type { Logger } from '../../ports/logger.js';

/** A logger that writes one JSON object per line to standard error. */
export function pinoLogger(level: string): Logger {
  return pino({ name: 'stepwright', level }, destination({ fd: 2, sync: true }));
}
