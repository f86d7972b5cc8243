import { type Answer, type Call, type JsonObject, type Run, refuse, refuseStrayFields } from './answer.js';
import { DEVICES } from './inventory.js';
import type { NetworkState, StoredRouter } from './network-state.js';

/** A router as clients see it. */
export interface Router {
  readonly name: string;
  readonly role: 'core' | 'edge';
  /** The software that it runs. */
  readonly version: string;
  /** Whether traffic is led around it. */
  readonly drained: boolean;
  readonly health: 'up' | 'booting';
  /** How many BGP sessions are established. */
  readonly neighbours: number;
  /** How many interfaces are up. */
  readonly interfaces: number;
}

const FACTORY_VERSION = '23.2R1';
const CORE: readonly string[] = ['ams-1', 'fra-1'];

/** How often a router that boots says so before it is up. */
const BOOT_ANSWERS = 2;

/** `GET /routers/:name`. */
export function showRouter({ network }: Run, call: Call): Answer {
  return withRouter(network, call, (router) => ({ status: 200, body: viewRouter(router) }));
}

/** `GET /routers/:name/health`: a router that boots comes up after a while, which here is told by how often it was asked. */
export function askHealth({ network }: Run, call: Call): Answer {
  return withRouter(network, call, (router) => {
    const { name, health } = viewRouter(router);
    const body = { name, health };
    return health === 'up' ? { status: 200, body } : { status: 200, body, ...put(network, { ...router, booting: router.booting - 1 }) };
  });
}

/** `POST /routers/:name/drain`: leads traffic around it; one that is drained stays so. */
export function drain({ network }: Run, call: Call): Answer {
  return withRouter(network, call, (router) => changed(network, { ...router, drained: true }));
}

/** `DELETE /routers/:name/drain`: lets traffic through it again. */
export function undrain({ network }: Run, call: Call): Answer {
  return withRouter(network, call, (router) => changed(network, { ...router, drained: false }));
}

/** `POST /routers/:name/software`: installs a version, boots, and calls back with `{"version"}`; the same key boots it once. */
export function installSoftware({ network }: Run, call: Call): Answer {
  const stray = refuseStrayFields(call.body, ['version', 'callback']);
  if (stray) return stray;
  const { version, callback } = call.body;
  if (!isVersion(version) || typeof callback !== 'string') {
    return refuse(422, 'invalid', 'Give "version", such as "24.4R1", and "callback", the token under which the end is awaited.');
  }
  return withDrained(network, call, (router) => {
    const calls = { callBack: { token: callback, body: { version } } };
    if (router.installedBy === call.key) return { status: 202, body: viewRouter(router), ...calls };
    const booted: StoredRouter = { ...router, version, booting: BOOT_ANSWERS, installedBy: call.key };
    return { ...changed(network, booted), status: 202, ...calls };
  });
}

/** `POST /routers/:name/rollback`: brings a version back that is still on its disk; this takes no time. */
export function rollBack({ network }: Run, call: Call): Answer {
  const stray = refuseStrayFields(call.body, ['version']);
  if (stray) return stray;
  const { version } = call.body;
  if (!isVersion(version)) return refuse(422, 'invalid', 'Give "version", such as "23.2R1".');
  return withDrained(network, call, ({ name, drained }) => changed(network, { name, drained, version, booting: 0 }));
}

function withRouter(network: NetworkState, call: Call, answer: (router: StoredRouter) => Answer): Answer {
  const [name = ''] = call.params;
  if (!DEVICES.includes(name)) return refuse(404, 'no_such_router', `There is no router "${name}"; there are ${DEVICES.join(', ')}.`);
  const stored = network.routers.find((router) => router.name === name);
  return answer(stored ?? { name, version: FACTORY_VERSION, drained: false, booting: 0 });
}

function withDrained(network: NetworkState, call: Call, answer: (router: StoredRouter) => Answer): Answer {
  return withRouter(network, call, (router) =>
    router.drained ? answer(router) : refuse(409, 'in_service', `Router ${router.name} carries traffic; drain it first.`),
  );
}

function changed(network: NetworkState, router: StoredRouter): Answer {
  return { status: 200, body: viewRouter(router), ...put(network, router) };
}

function put(network: NetworkState, router: StoredRouter): Pick<Answer, 'network'> {
  return { network: { ...network, routers: [...network.routers.filter(({ name }) => name !== router.name), router] } };
}

function viewRouter({ name, version, drained, booting }: StoredRouter): Router & JsonObject {
  const isUp = booting === 0;
  const role = CORE.includes(name) ? 'core' : 'edge';
  return { name, role, version, drained, health: isUp ? 'up' : 'booting', neighbours: isUp ? 4 : 0, interfaces: isUp ? 12 : 0 };
}

function isVersion(value: unknown): value is string {
  return typeof value === 'string' && /^\d+\.\d+R\d+$/.test(value);
}
