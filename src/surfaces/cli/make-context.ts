import type { CommandContext } from './context.js';
import { type GlobalFlags, resolveGlobals } from './globals.js';
import type { CliIo } from './io.js';
import { makePrinter } from './output/printer.js';

/** What an action works with, from the options that every command takes. */
export function makeContext(flags: GlobalFlags, io: CliIo): CommandContext {
  const globals = resolveGlobals(flags, io);
  return { io, globals, printer: makePrinter(globals, io) };
}
