import { STATUS_CODES } from 'node:http';
import { type Answer, type Call, type JsonObject, type Run, refuse, refuseStrayFields } from './answer.js';

/** An order to fail: the next `times` requests to `path` are answered with `status`. */
export interface Fault {
  /** A path as requested (`/circuits/c-1/activate`), or as a route is written (`/circuits/:id/activate`). */
  readonly path: string;
  readonly status: number;
  readonly times: number;
  /** `effect`: the request is performed first, so that only its answer is lost. Without it, nothing is performed. */
  readonly after?: 'effect';
}

/** `POST /faults`: makes the controller fail as told. Faults on the same path come one after the other. */
export function addFault({ faults }: Run, call: Call): Answer {
  const stray = refuseStrayFields(call.body, ['path', 'status', 'times', 'after']);
  if (stray) return stray;
  const { body } = call;
  if (!isFault(body)) {
    const message = 'Give "path" (such as "/circuits"), "status" from 400 to 599, "times" from 1, and for a lost answer "after": "effect".';
    return refuse(422, 'invalid', message);
  }
  const after = [...faults, body];
  return { status: 201, body: { faults: after }, faults: after };
}

/** The first fault that a request meets, and the faults that are left once it has struck. */
export function takeFault(faults: readonly Fault[], paths: readonly string[]): { fault?: Fault; left: readonly Fault[] } {
  const fault = faults.find((candidate) => paths.includes(candidate.path));
  if (!fault) return { left: faults };
  const left = faults.flatMap((other) => {
    if (other !== fault) return [other];
    return other.times > 1 ? [{ ...other, times: other.times - 1 }] : [];
  });
  return { fault, left };
}

/** What a request that meets a fault is told. */
export function faultAnswer({ status }: Fault): Answer {
  if (status === 503) return refuse(503, 'busy', 'the controller is busy; try again');
  return refuse(status, 'fault', `the controller fails as told: ${STATUS_CODES[status] ?? 'no reason'}`);
}

function isFault(body: JsonObject): body is Fault & JsonObject {
  const { path, status, times, after } = body;
  const where = typeof path === 'string' && path.startsWith('/');
  const how = Number.isInteger(status) && Number(status) >= 400 && Number(status) <= 599;
  return where && how && Number.isInteger(times) && Number(times) >= 1 && (after === undefined || after === 'effect');
}
