import type { JsonObject } from './answer.js';

/** What a request with an `Idempotency-Key` made, with enough of the request to know it again. */
export interface Made {
  readonly id: string;
  /** The `Idempotency-Key` of the request. */
  readonly key: string;
  /** The body of the request. */
  readonly request: JsonObject;
}

/** A VLAN on a port, held until it is released or its circuit is removed. */
export interface StoredReservation extends Made {
  readonly port: string;
  readonly vlan: number;
}

/** A circuit between reserved VLANs. */
export interface StoredCircuit extends Made {
  readonly name: string;
  /** Ids of the reservations that it joins. */
  readonly reservations: readonly string[];
  /** Mbit/s. */
  readonly speed: number;
  readonly state: 'provisioned' | 'active';
}

/** A router that is not as it was delivered. */
export interface StoredRouter {
  readonly name: string;
  readonly version: string;
  readonly drained: boolean;
  /** How often it will say that it boots. */
  readonly booting: number;
  /** The `Idempotency-Key` of the request that installed its version. */
  readonly installedBy?: string;
}

/** All that the controller remembers across restarts. */
export interface NetworkState {
  /** The number of the newest reservation; numbers are never used again. */
  readonly lastReservation: number;
  /** The number of the newest circuit. */
  readonly lastCircuit: number;
  readonly reservations: readonly StoredReservation[];
  readonly circuits: readonly StoredCircuit[];
  readonly routers: readonly StoredRouter[];
}

export const EMPTY_NETWORK: NetworkState = Object.freeze({
  lastReservation: 0,
  lastCircuit: 0,
  reservations: [],
  circuits: [],
  routers: [],
});
