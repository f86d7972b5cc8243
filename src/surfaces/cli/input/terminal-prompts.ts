import type { CommandContext } from '../context.js';
import type { Prompts } from './prompts.js';

/** How a person is asked; undefined where nobody sits at a terminal, or the output is for programs. */
export async function terminalPrompts({ io, printer }: Pick<CommandContext, 'io' | 'printer'>): Promise<Prompts | undefined> {
  if (printer.json) return undefined;
  if (io.prompts) return io.prompts;
  if (!io.stdin.isTTY || !io.stdout.isTTY) return undefined;
  const { clackPrompts } = await import('./clack-prompts.js');
  return clackPrompts(io);
}
