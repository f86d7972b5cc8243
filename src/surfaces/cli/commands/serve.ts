import { type Command, InvalidArgumentError } from 'commander';
import type { RunAction } from '../context.js';
import { examples } from './options.js';

/** The options of `stepwright serve`. */
export interface ServeFlags {
  readonly callbacks?: boolean;
  readonly host: string;
  readonly port: number;
  readonly publicUrl?: string;
}

/** Adds `stepwright serve`. */
export function addServe(program: Command, run: RunAction): void {
  program
    .command('serve')
    .summary('take calls back from other systems, until stopped')
    .description(
      'Take calls back from other systems over HTTP, and move whatever is due, at its time, until Ctrl-C or SIGTERM: then running steps finish first. Again: they are left, and performed anew later.',
    )
    .option('--callbacks', 'take the calls that steps await: POST /callbacks/TOKEN with a JSON body, and nothing else')
    .option('--port <number>', 'port to listen at; 0 is any that is free', parsePort, 3000)
    .option('--host <address>', 'address to listen at', '127.0.0.1')
    .option(
      '--public-url <url>',
      'where other systems reach this server, such as behind a proxy (default: $STEPWRIGHT_PUBLIC_URL, else http://HOST:PORT)',
      parsePublicUrl,
    )
    .addHelpText('after', examples('serve --callbacks', 'serve --callbacks --host 0.0.0.0 --public-url https://flows.example.org'))
    .action((flags: ServeFlags) => run(async (context) => (await import('../actions/serve.js')).serve(context, flags)));
}

function parsePort(text: string): number {
  const port = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (port <= 65_535) return port;
  throw new InvalidArgumentError('Write a whole number from 0 to 65535.');
}

function parsePublicUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url && /^https?:$/.test(url.protocol) && !url.search && !url.hash) return text.replace(/\/+$/, '');
  throw new InvalidArgumentError('Write a URL that begins with https:// or http://, without a query, such as https://flows.example.org.');
}
