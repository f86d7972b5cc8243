import type { Circuit, CircuitOrder } from './circuits.js';
import type { Port } from './inventory.js';
import type { Reservation } from './reservations.js';
import type { Router } from './routers.js';

/** A call to the controller that was refused, or that got no answer. */
export class NetworkError extends Error {
  override readonly name = 'NetworkError';
  /** The HTTP status; nothing when there was no answer. */
  readonly status: number | undefined;
  /** The controller's word for the error (`vlan_taken`, `busy`), `no_answer`, `bad_answer` or `bad_url`. */
  readonly code: string;
  /** Whether the same call may succeed later: true without an answer and for 429 and 5xx. */
  readonly retryable: boolean;

  constructor(message: string, options: { code: string; retryable: boolean; status?: number; cause?: unknown }) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.status = options.status;
    this.code = options.code;
    this.retryable = options.retryable;
  }
}

interface Sent {
  readonly body?: object;
  readonly key?: string;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Speaks to the network controller.
 *
 * What makes something takes an idempotency key: the same call with the same key makes it once, however often it is sent. Where an id is
 * asked for, that key does as well, for a caller that never saw the answer. Every call throws a `NetworkError` when it is refused or
 * gets no answer, and the signal's own reason when it is aborted.
 */
export class NetworkClient {
  private readonly baseUrl: string;

  /** @param timeout how long to wait for an answer, in milliseconds. */
  constructor(
    baseUrl: string = process.env.NETWORK_CONTROLLER_URL ?? 'http://127.0.0.1:8080',
    private readonly timeout: number = 30_000,
  ) {
    if (!/^https?:$/.test(URL.canParse(baseUrl) ? new URL(baseUrl).protocol : '')) {
      const message = `"${baseUrl}" is not a controller's address; give one such as http://127.0.0.1:8080 in NETWORK_CONTROLLER_URL.`;
      throw new NetworkError(message, { code: 'bad_url', retryable: false });
    }
    this.baseUrl = baseUrl.replace(/\/+$/, '');
  }

  /** Every port that there is. */
  async ports(signal?: AbortSignal): Promise<readonly Port[]> {
    return (await this.send('GET', '/ports', { signal })) as readonly Port[];
  }

  /** Holds a VLAN on a port (`ams-1:ge-0/0/1`): this one, or the lowest free one. */
  async reserve(port: string, vlan: number | undefined, idempotencyKey: string, signal?: AbortSignal): Promise<Reservation> {
    return (await this.send('POST', '/reservations', { body: { port, vlan }, key: idempotencyKey, signal })) as Reservation;
  }

  /** Frees a reservation; one that is gone is fine. */
  async release(id: string, signal?: AbortSignal): Promise<void> {
    await this.remove(`/reservations/${encodeURIComponent(id)}`, signal);
  }

  /** Makes a circuit between reservations. */
  async createCircuit(order: CircuitOrder, idempotencyKey: string, signal?: AbortSignal): Promise<Circuit> {
    return (await this.send('POST', '/circuits', { body: order, key: idempotencyKey, signal })) as Circuit;
  }

  /** The circuit as the controller knows it. */
  async circuit(id: string, signal?: AbortSignal): Promise<Circuit> {
    return (await this.send('GET', `/circuits/${encodeURIComponent(id)}`, { signal })) as Circuit;
  }

  /** Lets traffic through a circuit; one that is active stays so. */
  async activate(id: string, signal?: AbortSignal): Promise<Circuit> {
    return (await this.send('POST', `/circuits/${encodeURIComponent(id)}/activate`, { signal })) as Circuit;
  }

  /** Takes a circuit away and frees its reservations; one that is gone is fine. */
  async removeCircuit(id: string, signal?: AbortSignal): Promise<void> {
    await this.remove(`/circuits/${encodeURIComponent(id)}`, signal);
  }

  /** A router as it is now. */
  async router(name: string, signal?: AbortSignal): Promise<Router> {
    return (await this.send('GET', routerPath(name), { signal })) as Router;
  }

  /** Whether a router is up, or boots. */
  async health(router: string, signal?: AbortSignal): Promise<Router['health']> {
    return ((await this.send('GET', `${routerPath(router)}/health`, { signal })) as Pick<Router, 'health'>).health;
  }

  /** Leads traffic around a router; one that is drained stays so. */
  async drain(router: string, signal?: AbortSignal): Promise<void> {
    await this.send('POST', `${routerPath(router)}/drain`, { signal });
  }

  /** Lets traffic through a router again. */
  async undrain(router: string, signal?: AbortSignal): Promise<void> {
    await this.send('DELETE', `${routerPath(router)}/drain`, { signal });
  }

  /** Installs software on a router that is drained; when it is done, the controller calls back with the version that it then runs. */
  async install(router: string, version: string, callback: string, idempotencyKey: string, signal?: AbortSignal): Promise<void> {
    await this.send('POST', `${routerPath(router)}/software`, { body: { version, callback }, key: idempotencyKey, signal });
  }

  /** Brings a version back on a router that is drained. */
  async rollBack(router: string, version: string, signal?: AbortSignal): Promise<void> {
    await this.send('POST', `${routerPath(router)}/rollback`, { body: { version }, signal });
  }

  /** Puts a text on the operators' board. */
  async notify(text: string, signal?: AbortSignal): Promise<void> {
    await this.send('POST', '/notices', { body: { text }, signal });
  }

  /** Only the controller's own `not_found` counts as gone: a 404 from a wrong address must not pass for success. */
  private async remove(path: string, signal: AbortSignal | undefined): Promise<void> {
    try {
      await this.send('DELETE', path, { signal });
    } catch (error) {
      if (!(error instanceof NetworkError && error.code === 'not_found')) throw error;
    }
  }

  private async send(method: string, path: string, { body, key, signal }: Sent): Promise<unknown> {
    const what = `${method} ${path}`;
    const { status, text } = await this.exchange(method, path, { ...(body && { body }), ...(key !== undefined && { key }), signal });
    const answer = parse(text);
    if (status >= 200 && status < 300) {
      if (answer !== undefined || status === 204) return answer;
      throw new NetworkError(`${what}: the answer is not JSON: ${excerpt(text)}`, { code: 'bad_answer', retryable: false, status });
    }
    const { error, message } = (answer ?? {}) as { error?: unknown; message?: unknown };
    const said = typeof message === 'string' ? message : excerpt(text);
    throw new NetworkError(`${what}: the controller answered ${status}: ${said}`, {
      code: typeof error === 'string' ? error : 'bad_answer',
      retryable: status === 429 || status >= 500,
      status,
    });
  }

  private async exchange(method: string, path: string, { body, key, signal }: Sent): Promise<{ status: number; text: string }> {
    const limit = AbortSignal.timeout(this.timeout);
    try {
      const response = await fetch(this.baseUrl + path, {
        method,
        headers: { 'content-type': 'application/json', ...(key !== undefined && { 'idempotency-key': encodeURIComponent(key) }) },
        ...(body && { body: JSON.stringify(body) }),
        signal: signal ? AbortSignal.any([signal, limit]) : limit,
      });
      return { status: response.status, text: await response.text() };
    } catch (cause) {
      signal?.throwIfAborted();
      const why = limit.aborted ? `within ${this.timeout} ms` : `(${reasonOf(cause)})`;
      const message = `${method} ${path}: no answer from ${this.baseUrl} ${why}; see that the controller runs there.`;
      throw new NetworkError(message, { code: 'no_answer', retryable: true, cause });
    }
  }
}

function routerPath(name: string): string {
  return `/routers/${encodeURIComponent(name)}`;
}

/** What lies behind fetch's own "fetch failed": the system's error, with its code where there is no text. */
function reasonOf(error: unknown): string {
  const { cause = error } = error as { cause?: { message?: string; code?: string } };
  const { message, code } = cause as { message?: string; code?: string };
  return message || code || String(error);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function excerpt(text: string): string {
  return text.trim() === '' ? 'nothing' : JSON.stringify(text.slice(0, 200));
}
