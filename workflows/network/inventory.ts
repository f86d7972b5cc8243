/** A place on a device where a circuit can end. */
export interface Port {
  /** `DEVICE:NAME`, as reservations name it: `ams-1:ge-0/0/1`. */
  readonly id: string;
  readonly device: string;
  readonly name: string;
  /** Mbit/s. */
  readonly speed: number;
}

/** What a port's name begins with tells its speed; each kind sits in a slot of its own. */
const KINDS = [
  { prefix: 'ge-0/0/', speed: 1_000 },
  { prefix: 'xe-0/1/', speed: 10_000 },
  { prefix: 'et-0/2/', speed: 100_000 },
] as const;

/** How many ports of each kind a device has, slowest first. */
const PORT_COUNTS: Readonly<Record<string, readonly number[]>> = {
  'ams-1': [8, 4, 2],
  'ams-2': [8, 4, 2],
  'fra-1': [8, 4, 2],
  'lon-1': [8, 4, 1],
  'par-1': [4, 2, 1],
};

/** Every device of the network. */
export const DEVICES: readonly string[] = Object.keys(PORT_COUNTS);

/** Every port of the network, device by device. */
export const PORTS: readonly Port[] = Object.entries(PORT_COUNTS).flatMap(([device, counts]) =>
  KINDS.flatMap(({ prefix, speed }, kind) =>
    Array.from({ length: counts[kind] ?? 0 }, (_, index) => {
      const name = `${prefix}${index}`;
      return Object.freeze({ id: `${device}:${name}`, device, name, speed });
    }),
  ),
);

const BY_ID = new Map(PORTS.map((port) => [port.id, port]));

/** The port with this id, if the network has one. */
export function findPort(id: string): Port | undefined {
  return BY_ID.get(id);
}
