import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { openService } from 'stepwright';
import ormconfig from '../../ormconfig.js';
import { CreatePort } from '../create-port.js';
import { startController } from './controller.js';
import { NetworkClient } from './network-client.js';

/*
 * Provisions an L2VPN from an order file: `npm start [-- workflows/orders/three-sites.json]`; or upgrades routers:
 * `npm start -- workflows/orders/upgrade.json`.
 *
 * It starts a network controller, whose first answers are "busy", makes sure that the customer has the ports, and runs the workflow
 * with the command line, as you would. On a terminal you are asked to confirm the cut-over, or to approve of the upgrade; elsewhere the
 * order file answers, and every upgrade is approved of.
 */

interface OrderFile {
  readonly order: { readonly customerId: string; readonly endpoints: readonly { readonly port: string }[] };
  readonly confirmation: object;
}

interface UpgradeFile {
  readonly routers: readonly string[];
}

const file = process.argv[2] ?? 'workflows/orders/amsterdam-frankfurt.json';
const wanted = readOrder();
const stateFile = join(dirname(String(ormconfig.options.database)), '.stepwright', 'network.json');
const callBack = (token: string, body: unknown) => stepwright(['callback', '-', '--input', JSON.stringify(body)], token);
const controller = await startController({ stateFile, failures: 2, callBack, delay: 1_000 });
console.log(`The network controller listens on ${controller.url}; it will be busy for the first two circuits.`);
process.env.NETWORK_CONTROLLER_URL = controller.url;
if ('order' in wanted) await handOverPorts(wanted.order);
console.log(`Order ${file}:`);
process.exitCode = 'order' in wanted ? await provision(wanted) : await upgrade(wanted);
if (process.exitCode === 0) await report('order' in wanted ? 'create_l2vpn' : 'upgrade_routers');
await controller.close();

/** Reads the order file, or ends the program with what to write instead; the order's own rules are the workflow's to check. */
function readOrder(): OrderFile | UpgradeFile {
  try {
    const { order, confirmation, ...upgrade } = JSON.parse(readFileSync(file, 'utf8')) as Partial<OrderFile & UpgradeFile>;
    if (Array.isArray(upgrade.routers)) return { ...upgrade, routers: upgrade.routers };
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
async function handOverPorts(order: OrderFile['order']): Promise<void> {
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
function provision({ order, confirmation }: OrderFile): Promise<number> {
  return start('create_l2vpn', order, { 'Confirm cut-over': confirmation });
}

/** Upgrades routers with the command line; gives its exit code. */
async function upgrade(order: UpgradeFile): Promise<number> {
  const network = new NetworkClient(controller.url);
  const answers: Record<string, object> = {};
  for (const [index, name] of order.routers.entries()) {
    const { role } = await network.router(name).catch(() => ({ role: 'unknown' }));
    if (role === 'core') answers[`Routers[${index}]/Approve`] = { approved: true };
  }
  return start('upgrade_routers', order, answers);
}

/** @param answers those of the forms that it asks, where there is no terminal */
function start(workflow: string, input: object, answers: object): Promise<number> {
  const given = process.stdin.isTTY ? [] : ['--answers', JSON.stringify(answers)];
  return stepwright(['start', workflow, '--input', JSON.stringify(input), '--wait', ...given]);
}

/** Runs the command line; gives its exit code. @param stdin what it reads @default what is typed here */
async function stepwright(command: readonly string[], stdin?: string): Promise<number> {
  const child = spawn('npm', ['run', '--silent', 'stepwright', '--', ...command], {
    stdio: [stdin === undefined ? 'inherit' : 'pipe', 'inherit', 'inherit'],
  });
  child.stdin?.end(stdin);
  // The command line heeds Ctrl-C itself, and tells what became of the order.
  if (process.listenerCount('SIGINT') === 0) process.on('SIGINT', () => undefined);
  const [code] = (await once(child, 'exit')) as [number | null];
  return code ?? 1;
}

/** Says what came of the order that was carried out last. */
async function report(workflow: string): Promise<void> {
  const { engine, close } = await openService({ workflows: [], database: ormconfig });
  const [latest] = await engine.list({ workflow, limit: 1 });
  const { summary } = latest ? (await engine.get(latest.id)).state : {};
  if (summary !== undefined) console.log([summary].flat().join('\n'));
  await close();
}
