import { existsSync, realpathSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { type Answer, type Call, type Run, refuse } from './answer.js';
import { type CallBack, httpCallBack } from './call-back.js';
import { faultAnswer, takeFault } from './faults.js';
import { readCall } from './read-call.js';
import { findRoute, type Match } from './routes.js';
import { NO_FILE, openStateFile } from './state-file.js';

/** How a controller is started. */
export interface ControllerOptions {
  /** Where it keeps its state. @default memory only */
  readonly stateFile?: string;
  /** @default 0: any free port */
  readonly port?: number;
  /** How many circuit creations of this run answer 503 before one is performed. @default 0 */
  readonly failures?: number;
  /** What is done when something has ended that somebody is to be called back for. @default nothing */
  readonly callBack?: CallBack;
  /** How long such things take, in milliseconds. @default 0 */
  readonly delay?: number;
}

/** A controller that listens on the loopback interface. */
export interface Controller {
  readonly url: string;
  /** Stops listening, and drops every connection. */
  close(): Promise<void>;
}

/**
 * Starts a network controller: an inventory of ports, VLAN reservations on them, circuits between reservations, and the software of
 * routers, over HTTP and JSON.
 * @throws when the state file can't be read, or the port is in use.
 */
export async function startController(options: ControllerOptions = {}): Promise<Controller> {
  const { stateFile, port = 0, failures = 0, callBack = () => undefined, delay = 0 } = options;
  const ongoing = new Set<NodeJS.Timeout>();
  const file = stateFile === undefined ? NO_FILE : openStateFile(stateFile);
  let run: Run = { network: file.load(), faults: failures > 0 ? [{ path: '/circuits', status: 503, times: failures }] : [] };

  const answer = async (request: IncomingMessage): Promise<Answer> => {
    const match = findRoute(request.method ?? '', request.url ?? '');
    if ('refusal' in match) return match.refusal;
    const call = await readCall(request, match);
    if ('refusal' in call) return call.refusal;
    // From here nothing waits: calls are performed one after the other, each on what the one before has saved.
    const given = perform(run, match, call);
    if (given.network) file.save(given.network);
    run = { network: given.network ?? run.network, faults: given.faults ?? run.faults };
    if (given.callBack) callLater(given.callBack);
    return given;
  };

  const callLater = ({ token, body }: NonNullable<Answer['callBack']>): void => {
    const timer = setTimeout(() => {
      ongoing.delete(timer);
      callBack(token, body);
    }, delay);
    ongoing.add(timer);
  };

  const server = createServer((request, response) => {
    void answer(request)
      .catch((error: unknown) => refuse(500, 'internal', error instanceof Error ? error.message : String(error)))
      .then((given) => send(response, given));
  });
  const address = await listen(server, port);
  return { url: `http://127.0.0.1:${address.port}`, close: () => close(server, ongoing) };
}

/** Performs a call, unless a fault forbids it; a fault `after: 'effect'` keeps the effect and replaces only the answer. */
function perform(run: Run, { route, path }: Match, call: Call): Answer {
  const { fault, left } = takeFault(run.faults, [path, route.path]);
  if (!fault) return route.handle(run, call);
  if (fault.after !== 'effect') return { ...faultAnswer(fault), faults: left };
  const { network, faults = left, callBack } = route.handle({ ...run, faults: left }, call);
  return { ...faultAnswer(fault), faults, ...(network && { network }), ...(callBack && { callBack }) };
}

function send(response: ServerResponse, { status, body, headers }: Answer): void {
  if (body === undefined) response.writeHead(status, headers).end();
  else response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
}

function listen(server: Server, port: number): Promise<AddressInfo> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve(server.address() as AddressInfo));
  });
}

function close(server: Server, ongoing: ReadonlySet<NodeJS.Timeout>): Promise<void> {
  for (const timer of ongoing) clearTimeout(timer);
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

const USAGE = 'Usage: controller.ts [--port 8080] [--state FILE] [--fail TIMES] [--callbacks URL]';

/** How long the installation of software takes, in milliseconds. */
const DELAY = 2_000;

/** Runs a controller until it is interrupted. */
async function main(args: readonly string[]): Promise<void> {
  const options = {
    port: { type: 'string', default: '8080' },
    state: { type: 'string' },
    fail: { type: 'string', default: '0' },
    callbacks: { type: 'string', default: 'http://127.0.0.1:3000/callbacks' },
  } as const;
  const { values } = parseArgs({ args: [...args], options });
  const count = (text: string): number => {
    if (!/^\d+$/.test(text)) throw new TypeError(`"${text}" is not a whole number. ${USAGE}`);
    return Number(text);
  };
  const stateFile = values.state === undefined ? {} : { stateFile: values.state };
  const controller = await startController({
    port: count(values.port),
    failures: count(values.fail),
    callBack: httpCallBack(values.callbacks),
    delay: DELAY,
    ...stateFile,
  });
  process.stdout.write(`The network controller listens on ${controller.url}\n`);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void controller.close());
}

/** The program that node was asked to run, with symbolic links followed as node follows them for `import.meta.url`. */
const program = process.argv[1] !== undefined && existsSync(process.argv[1]) ? realpathSync(process.argv[1]) : undefined;

if (program === fileURLToPath(import.meta.url)) {
  main(process.argv.slice(2)).catch((error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  });
}
