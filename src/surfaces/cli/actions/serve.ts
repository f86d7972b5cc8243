import type { AddressInfo } from 'node:net';
import { StepwrightError } from '../../../core/error.js';
import type { Engine } from '../../../engine/engine.js';
import type { ServeFlags } from '../commands/serve.js';
import type { CommandContext } from '../context.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { usage } from '../io.js';
import { showSteps } from '../run/show-steps.js';
import { countWorkflows, untilStopped } from '../run/until-stopped.js';
import { openSession, type Session } from '../session.js';

/** Addresses that stand for every one of the machine: no other machine could call them. */
const EVERY_ADDRESS = ['0.0.0.0', '::'];

/** Takes calls over HTTP, and moves what is due, until a signal comes. */
export async function serve(context: CommandContext, flags: ServeFlags): Promise<ExitCode> {
  if (!flags.callbacks)
    throw usage('Say what to serve: "stepwright serve --callbacks" takes calls back from other systems, at POST /callbacks/TOKEN.');
  const calls = await listen(context, flags);
  const publicUrl = flags.publicUrl ?? (context.io.env.STEPWRIGHT_PUBLIC_URL || calls.url);
  let session: Session;
  try {
    session = await openSession(context, publicUrl === undefined ? {} : { publicUrl });
  } catch (error) {
    await calls.close();
    throw error;
  }
  return run(context, session, calls, publicUrl);
}

/** A server that takes calls. */
interface Calls {
  /** Where it is reached, as far as it can know. */
  readonly url: string | undefined;
  readonly address: string;
  /** Lets the calls through, which wait until then. */
  open(engine: Engine): void;
  close(): Promise<void>;
}

async function run(context: CommandContext, session: Session, calls: Calls, publicUrl: string | undefined): Promise<ExitCode> {
  const { printer, io } = context;
  const { engine } = session;
  const steps = showSteps(engine, printer, { manyProcesses: true });
  const stop = async () => {
    await calls.close();
    await engine.close();
  };
  let finished = true;
  try {
    finished = await untilStopped(context, {
      begin() {
        const { address } = calls;
        const where = publicUrl === undefined ? '' : `, which others reach at ${publicUrl}/callbacks/…`;
        const what = `moving what is due of ${countWorkflows(engine.workflows)}`;
        if (printer.json) io.stdout.write(`${JSON.stringify({ type: 'serving', address, publicUrl })}\n`);
        printer.say(`Taking calls at ${address}${where}, and ${what}; stop with Ctrl-C.`);
        engine.runScheduler();
        calls.open(engine);
      },
      stop,
    });
    return finished ? EXIT.done : EXIT.interrupted;
  } finally {
    await steps.end();
    if (finished) {
      await calls.close();
      await session.close();
    }
  }
}

/** Binds the port first: a caller is told the public URL, and that depends on it. */
async function listen({ printer }: CommandContext, { host, port }: ServeFlags): Promise<Calls> {
  const { callbackRoutes } = await import('../../http/callback-routes.js');
  let open: (engine: Engine) => void = () => undefined;
  let refuse: (reason: unknown) => void = () => undefined;
  const engine = new Promise<Engine>((resolve, reject) => {
    open = resolve;
    refuse = reject;
  });
  engine.catch(() => undefined);
  const onError = (error: unknown) => printer.say(`a call could not be taken: ${error instanceof Error ? error.message : String(error)}`);
  const app = callbackRoutes({ engine, onError });
  try {
    await app.listen({ host, port });
  } catch (error) {
    await app.close();
    throw usage(`${host}:${port} can't be listened at: ${(error as Error).message}. Choose another --host or --port.`, error);
  }
  const bound = (app.server.address() as AddressInfo).port;
  const address = `http://${host.includes(':') ? `[${host}]` : host}:${bound}`;
  let closing: Promise<void> | undefined;
  const close = () => {
    refuse(new StepwrightError('store_unavailable', 'the server is closed', { retryable: true }));
    closing ??= app.close();
    return closing;
  };
  return { address, url: EVERY_ADDRESS.includes(host) ? undefined : address, open, close };
}
