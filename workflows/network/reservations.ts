import { type Answer, type Call, type JsonObject, type Run, refuse, refuseStrayFields } from './answer.js';
import { answerAgain, findMade } from './idempotency.js';
import { findPort } from './inventory.js';
import type { NetworkState, StoredReservation } from './network-state.js';

/** A VLAN that is held on a port, as clients see it. */
export interface Reservation {
  readonly id: string;
  /** The id of the port: `ams-1:ge-0/0/1`. */
  readonly port: string;
  readonly vlan: number;
}

/** VLAN 1 is every switch's default and 4095 is reserved (IEEE 802.1Q); 0 and 1 are therefore not given out either. */
const LOWEST_VLAN = 2;
const HIGHEST_VLAN = 4094;

/** `POST /reservations`: holds the wanted VLAN on a port, or the lowest free one. */
export function reserve({ network }: Run, call: Call): Answer {
  const stray = refuseStrayFields(call.body, ['port', 'vlan']);
  if (stray) return stray;
  const again = answerAgain(network.reservations, call, viewReservation);
  if (again) return again;
  const { port, vlan: wanted } = call.body;
  if (typeof port !== 'string') return refuse(422, 'invalid', 'Give "port" as the id of a port, such as "ams-1:ge-0/0/1".');
  if (wanted !== undefined && !isVlan(wanted)) {
    const message = `VLAN ${JSON.stringify(wanted)} is out of range; give a whole number from ${LOWEST_VLAN} to ${HIGHEST_VLAN}.`;
    return refuse(422, 'vlan_out_of_range', message);
  }
  if (!findPort(port)) return refuse(404, 'no_such_port', `There is no port "${port}"; GET /ports lists them.`);
  const holders = holdersOf(network, port);
  const vlan = wanted ?? lowestFree(holders);
  if (vlan === undefined) return refuse(409, 'port_full', `Every VLAN on ${port} is taken; release one, or use another port.`);
  const holder = holders.get(vlan);
  if (holder !== undefined) return refuse(409, 'vlan_taken', `VLAN ${vlan} on ${port} is held by reservation ${holder}.`, { holder });
  const number = network.lastReservation + 1;
  const made: StoredReservation = { id: `r-${number}`, key: call.key, request: call.body, port, vlan };
  const reservations = [...network.reservations, made];
  return { status: 201, body: viewReservation(made), network: { ...network, lastReservation: number, reservations } };
}

/** `DELETE /reservations/:id`: frees the VLAN, unless a circuit still uses it. */
export function release({ network }: Run, call: Call): Answer {
  const [id = ''] = call.params;
  const reservation = findMade(network.reservations, id);
  if (!reservation) return refuse(404, 'not_found', `There is no reservation "${id}".`);
  const holder = network.circuits.find((circuit) => circuit.reservations.includes(reservation.id))?.id;
  if (holder !== undefined) {
    return refuse(409, 'reservation_in_use', `Reservation ${reservation.id} is used by circuit ${holder}; remove the circuit.`, { holder });
  }
  return { status: 204, network: { ...network, reservations: network.reservations.filter((other) => other !== reservation) } };
}

function viewReservation({ id, port, vlan }: Reservation): Reservation & JsonObject {
  return { id, port, vlan };
}

function isVlan(value: unknown): value is number {
  return Number.isInteger(value) && Number(value) >= LOWEST_VLAN && Number(value) <= HIGHEST_VLAN;
}

/** The VLANs that are taken on a port, each with the id of the reservation that holds it. */
function holdersOf(network: NetworkState, port: string): ReadonlyMap<number, string> {
  return new Map(network.reservations.filter((held) => held.port === port).map((held) => [held.vlan, held.id]));
}

function lowestFree(taken: ReadonlyMap<number, string>): number | undefined {
  for (let vlan = LOWEST_VLAN; vlan <= HIGHEST_VLAN; vlan += 1) if (!taken.has(vlan)) return vlan;
  return undefined;
}
