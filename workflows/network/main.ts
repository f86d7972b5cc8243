import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { openService } from 'stepwright';
import ormconfig from '../../ormconfig.js';
import { CreatePort } from '../create-port.js';
import { startController } from './controller.js';

/*
 * Provisions an L2VPN from an order file: `npm start [-- workflows/orders/three-sites.json]`.
 *
 * It starts a network controller, whose first answers are "busy", makes sure that the customer has the ports, and runs the workflow
 * with the command line, as you would. On a terminal you are asked to confirm the cut-over; elsewhere the order file answers.
 */

interface OrderFile {
  readonly order: { readonly customerId: string; readonly endpoints: readonly { readonly port: string }[] };
  readonly confirmation: object;
}

const file = process.argv[2] ?? 'workflows/orders/amsterdam-frankfurt.json';
const { order, confirmation } = readOrder();
const stateFile = join(dirname(String(ormconfig.options.database)), '.stepwright', 'network.json');
const controller = await startController({ stateFile, failures: 2 });
console.log(`The network controller listens on ${controller.url}; it will be busy for the first two circuits.`);
process.env.NETWORK_CONTROLLER_URL = controller.url;
await handOverPorts();
console.log(`Order ${file}:`);
process.exitCode = await provision();
if (process.exitCode === 0) await report();
await controller.close();

/** Reads the order file, or ends the program with what to write instead; the order's own rules are the workflow's to check. */
function readOrder(): OrderFile {
  try {
    const { order, confirmation } = JSON.parse(readFileSync(file, 'utf8')) as Partial<OrderFile>;
    if (Array.isArray(order?.endpoints) && confirmation) return { order, confirmation };
    console.error(
      `${file} is no order: it needs "order" with its "endpoints", and "confirmation", as workflows/orders/three-sites.json has.`,
    );
  } catch (error) {
    console.error(`${file} can't be read: ${(error as Error).message}. Name an order file: npm start -- workflows/orders/three-sites.json`);
  }
  process.exit(2);
}

/** Gives the customer the ports of the order; the idempotency key makes sure that each is handed over once. */
async function handOverPorts(): Promise<void> {
  const { engine, close } = await openService({ workflows: [CreatePort], database: ormconfig });
  for (const { port } of order.endpoints) {
    const { id } = await engine.start(
      'create_port',
      { customerId: order.customerId, address: port },
      { idempotencyKey: `create_port ${port}` },
    );
    const { status, failure } = await engine.settled(id);
    console.log(`Port ${port}: ${status}${failure ? `, ${failure.message}` : ''}`);
  }
  await close();
}

/** Runs the workflow with the command line; gives its exit code. */
async function provision(): Promise<number> {
  const answers = process.stdin.isTTY ? [] : ['--answers', JSON.stringify({ 'Confirm cut-over': confirmation })];
  const command = ['start', 'create_l2vpn', '--input', JSON.stringify(order), '--wait', ...answers];
  const child = spawn('npm', ['run', '--silent', 'stepwright', '--', ...command], { stdio: 'inherit' });
  // The command line heeds Ctrl-C itself, and tells what became of the order.
  process.on('SIGINT', () => undefined);
  const [code] = (await once(child, 'exit')) as [number | null];
  return code ?? 1;
}

/** Says what came of the order that was provisioned last. */
async function report(): Promise<void> {
  const { engine, close } = await openService({ workflows: [], database: ormconfig });
  const [latest] = await engine.list({ workflow: 'create_l2vpn', limit: 1 });
  const { summary } = latest ? (await engine.get(latest.id)).state : {};
  if (typeof summary === 'string') console.log(summary);
  await close();
}
