import { type Answer, type Call, type Run, refuse } from './answer.js';
import { activateCircuit, createCircuit, removeCircuit, showCircuit } from './circuits.js';
import { addFault } from './faults.js';
import { findPort, PORTS } from './inventory.js';
import { postNotice } from './notices.js';
import { release, reserve } from './reservations.js';
import { askHealth, drain, installSoftware, rollBack, showRouter, undrain } from './routers.js';

/** One call of the API. In a path, `:id` stands for an id or for the `Idempotency-Key` that the thing was made with. */
export interface Route {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly path: string;
  /** `order`: a JSON body and an `Idempotency-Key`; `body`: a JSON body; otherwise what is sent is ignored. */
  readonly takes?: 'order' | 'body';
  readonly handle: (run: Run, call: Call) => Answer;
}

const ROUTES: readonly Route[] = [
  { method: 'GET', path: '/ports', handle: () => ({ status: 200, body: PORTS }) },
  { method: 'GET', path: '/ports/:device/:name', handle: showPort },
  { method: 'POST', path: '/reservations', takes: 'order', handle: reserve },
  { method: 'DELETE', path: '/reservations/:id', handle: release },
  { method: 'POST', path: '/circuits', takes: 'order', handle: createCircuit },
  { method: 'GET', path: '/circuits/:id', handle: showCircuit },
  { method: 'DELETE', path: '/circuits/:id', handle: removeCircuit },
  { method: 'POST', path: '/circuits/:id/activate', handle: activateCircuit },
  { method: 'GET', path: '/routers/:name', handle: showRouter },
  { method: 'GET', path: '/routers/:name/health', handle: askHealth },
  { method: 'POST', path: '/routers/:name/drain', handle: drain },
  { method: 'DELETE', path: '/routers/:name/drain', handle: undrain },
  { method: 'POST', path: '/routers/:name/software', takes: 'order', handle: installSoftware },
  { method: 'POST', path: '/routers/:name/rollback', takes: 'body', handle: rollBack },
  { method: 'POST', path: '/notices', takes: 'body', handle: postNotice },
  { method: 'POST', path: '/faults', takes: 'body', handle: addFault },
];

/** A route that a request took, with the path as it was requested and its parameters. */
export interface Match {
  readonly route: Route;
  readonly path: string;
  readonly params: readonly string[];
}

/** Finds the route of a request, or the refusal: no such path, no such method there, or an encoding that can't be read. */
export function findRoute(method: string, url: string): Match | { readonly refusal: Answer } {
  const [path = ''] = url.split('?');
  const segments = path.split('/').map(decode);
  if (!segments.every((segment) => segment !== undefined)) {
    return { refusal: refuse(400, 'bad_path', `The path ${path} is not properly percent-encoded.`) };
  }
  const here = ROUTES.flatMap((route) => {
    const params = match(route.path.split('/'), segments);
    return params ? [{ route, path, params }] : [];
  });
  if (here.length === 0) return { refusal: refuse(404, 'unknown_route', `There is nothing at ${path}.`) };
  const found = here.find((candidate) => candidate.route.method === method);
  if (found) return found;
  const allow = here.map((candidate) => candidate.route.method).join(', ');
  return { refusal: { ...refuse(405, 'wrong_method', `${path} takes ${allow}, not ${method}.`), headers: { allow } } };
}

/** Undoes percent-encoding; nothing when there is an error in it. */
export function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

function match(pattern: readonly string[], segments: readonly string[]): readonly string[] | undefined {
  if (pattern.length !== segments.length) return undefined;
  const fits = pattern.every((part, index) => (part.startsWith(':') ? segments[index] !== '' : part === segments[index]));
  return fits ? segments.filter((_, index) => pattern[index]?.startsWith(':')) : undefined;
}

function showPort(_run: Run, call: Call): Answer {
  const id = call.params.join(':');
  const port = findPort(id);
  return port ? { status: 200, body: port } : refuse(404, 'no_such_port', `There is no port "${id}"; GET /ports lists them.`);
}
