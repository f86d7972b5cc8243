import { type Answer, type Call, type JsonObject, type Run, refuse, refuseStrayFields } from './answer.js';
import { answerAgain, findMade } from './idempotency.js';
import { findPort } from './inventory.js';
import type { NetworkState, StoredCircuit, StoredReservation } from './network-state.js';

/** What a circuit is made from. */
export interface CircuitOrder {
  readonly name: string;
  /** 2 to 8 ends, each an id of a reservation that no other circuit uses. */
  readonly endpoints: readonly { readonly reservation: string }[];
  /** Mbit/s, not above the speed of any of its ports. */
  readonly speed: number;
}

/** A circuit as clients see it. */
export interface Circuit {
  readonly id: string;
  readonly name: string;
  readonly speed: number;
  /** `provisioned`: configured, carries no traffic yet; `active`: carries traffic. */
  readonly state: 'provisioned' | 'active';
  readonly endpoints: readonly { readonly reservation: string; readonly port: string; readonly vlan: number }[];
}

/** `POST /circuits`: joins reserved VLANs. */
export function createCircuit({ network }: Run, call: Call): Answer {
  const stray = refuseStrayFields(call.body, ['name', 'endpoints', 'speed']);
  if (stray) return stray;
  const again = answerAgain(network.circuits, call, (circuit) => viewCircuit(network, circuit));
  if (again) return again;
  if (!isOrder(call.body)) {
    const message = 'Give "name", "endpoints" as a list of {"reservation": id}, and "speed" in Mbit/s, a whole number from 1.';
    return refuse(422, 'invalid', message);
  }
  const { name, endpoints, speed } = call.body;
  const ids = endpoints.map((endpoint) => endpoint.reservation);
  const refusal = refuseEnds(ids) ?? firstOf(ids, (id) => refuseEnd(network, id, speed));
  if (refusal) return refusal;
  const number = network.lastCircuit + 1;
  const { key, body: request } = call;
  const made: StoredCircuit = { id: `c-${number}`, key, request, name, reservations: ids, speed, state: 'provisioned' };
  const circuits = [...network.circuits, made];
  return { status: 201, body: viewCircuit(network, made), network: { ...network, lastCircuit: number, circuits } };
}

/** `GET /circuits/:id`. */
export function showCircuit({ network }: Run, call: Call): Answer {
  return withCircuit(network, call, (circuit) => ({ status: 200, body: viewCircuit(network, circuit) }));
}

/** `POST /circuits/:id/activate`: lets traffic through; an active circuit stays active. */
export function activateCircuit({ network }: Run, call: Call): Answer {
  return withCircuit(network, call, (circuit) => {
    const active: StoredCircuit = { ...circuit, state: 'active' };
    const circuits = network.circuits.map((other) => (other === circuit ? active : other));
    return { status: 200, body: viewCircuit(network, active), network: { ...network, circuits } };
  });
}

/** `DELETE /circuits/:id`: takes the circuit away and frees its reservations. */
export function removeCircuit({ network }: Run, call: Call): Answer {
  return withCircuit(network, call, (circuit) => {
    const circuits = network.circuits.filter((other) => other !== circuit);
    const reservations = network.reservations.filter((held) => !circuit.reservations.includes(held.id));
    return { status: 204, network: { ...network, circuits, reservations } };
  });
}

function withCircuit(network: NetworkState, call: Call, answer: (circuit: StoredCircuit) => Answer): Answer {
  const [id = ''] = call.params;
  const circuit = findMade(network.circuits, id);
  return circuit ? answer(circuit) : refuse(404, 'not_found', `There is no circuit "${id}".`);
}

function isOrder(body: JsonObject): body is CircuitOrder & JsonObject {
  const { name, endpoints, speed } = body;
  const named = typeof name === 'string' && name.trim() !== '';
  const ends = Array.isArray(endpoints) && endpoints.every(isEnd);
  return named && ends && Number.isInteger(speed) && Number(speed) >= 1;
}

function isEnd(value: unknown): boolean {
  return typeof (value as { reservation?: unknown } | null)?.reservation === 'string';
}

function refuseEnds(ids: readonly string[]): Answer | undefined {
  if (ids.length < 2 || ids.length > 8) {
    return refuse(422, 'wrong_endpoints', `A circuit has 2 to 8 endpoints; this one has ${ids.length}.`);
  }
  const twice = ids.find((id, index) => ids.indexOf(id) !== index);
  return twice === undefined ? undefined : refuse(422, 'wrong_endpoints', `Reservation ${twice} is there twice; give each once.`);
}

function refuseEnd(network: NetworkState, id: string, speed: number): Answer | undefined {
  const reservation = network.reservations.find((held) => held.id === id);
  if (!reservation) return refuse(404, 'no_such_reservation', `There is no reservation "${id}"; make one with POST /reservations.`);
  const holder = network.circuits.find((circuit) => circuit.reservations.includes(id))?.id;
  if (holder !== undefined) return refuse(409, 'reservation_in_use', `Reservation ${id} is used by circuit ${holder}.`, { holder });
  const most = findPort(reservation.port)?.speed ?? 0;
  if (speed <= most) return undefined;
  return refuse(422, 'too_fast', `${speed} Mbit/s is above the ${most} Mbit/s of port ${reservation.port}; order at most that.`);
}

function firstOf<T, R>(items: readonly T[], look: (item: T) => R | undefined): R | undefined {
  for (const item of items) {
    const found = look(item);
    if (found !== undefined) return found;
  }
  return undefined;
}

function viewCircuit(network: NetworkState, { id, name, speed, state, reservations }: StoredCircuit): Circuit & JsonObject {
  const held = new Map<string, StoredReservation>(network.reservations.map((reservation) => [reservation.id, reservation]));
  const endpoints = reservations.flatMap((reservation) => {
    const end = held.get(reservation);
    return end ? [{ reservation, port: end.port, vlan: end.vlan }] : [];
  });
  return { id, name, speed, state, endpoints };
}
