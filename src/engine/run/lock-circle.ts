import type { Failure } from '../../core/error.js';
import { lockScope } from '../../core/nodes/with-lock.js';
import type { LockRequest, ProcessStore } from '../../ports/process-store.js';

type Inside = (path: string) => boolean;

/** Where in a process something is waited for: a lock that is asked for at a path, or the child that the step there has started. */
export interface Waiting {
  readonly process: string;
  readonly path: string;
  readonly child?: string;
}

/**
 * The processes that wait for one another in a circle which this closes; undefined where there is none.
 *
 * A request waits for all that stand before it; each of these ends with its composition, which waits for every request inside, and for
 * every child process. Where a lock is asked for, only requests that are older count, so of those in a circle the latest finds it, and no
 * other. Each request and each process is followed once, so the cost grows with the number of requests.
 */
export async function findCircle(store: ProcessStore, { process, path, child }: Waiting): Promise<readonly string[] | undefined> {
  const requests = await store.lockRequests();
  if (requests.length === 0) return undefined;
  const isOwn = (request: LockRequest) => request.process === process && request.path === path;
  const lines = new Lines(child === undefined ? requests.slice(0, requests.findLastIndex(isOwn) + 1) : requests);
  const seen = new Set<string>();

  /** Follows what this part of a process waits for. */
  async function look(at: string, part: string, inside: Inside, way: readonly string[]): Promise<readonly string[] | undefined> {
    const place = `${at}\n${part}`;
    if (seen.has(place)) return undefined;
    seen.add(place);
    if (way.length > 0 && at === process && inside(path)) return [...way, at];
    const on = way.at(-1) === at ? way : [...way, at];
    for (const before of lines.before(at, inside)) {
      const found = await look(before.process, before.path, within(before), on);
      if (found) return found;
    }
    // What still waits for its own locks has not begun with what is inside, so it has no child there.
    if (lines.waits(at, part)) return undefined;
    for (const wait of await store.waits(at)) {
      if (wait.child === undefined || !inside(wait.path)) continue;
      const found = await look(wait.child, '', () => true, on);
      if (found) return found;
    }
    return undefined;
  }
  return child === undefined ? look(process, `asks ${path}`, (asked) => asked === path, []) : look(child, '', () => true, [process]);
}

/** @param what what can't be waited for @param advice what to do instead */
export function deadlock(what: string, circle: readonly string[], advice: string, key?: string): Failure {
  const who = new Set(circle).size > 1 ? 'processes' : 'branches of one process';
  return {
    code: 'lock_deadlock',
    message: `${what} can't be waited for: ${who} wait for one another in a circle, ${circle.join(' → ')}. ${advice}`,
    details: { ...(key === undefined ? {} : { key }), processes: circle },
    retryable: true,
  };
}

/** Who stands in line for which lock. */
class Lines {
  /** By key, in order. */
  readonly #lines = new Map<string, LockRequest[]>();
  /** By process, with the place of each in its line. */
  readonly #asked = new Map<string, { readonly request: LockRequest; readonly place: number }[]>();
  /** By key: how many of a line have been given by `before`. */
  readonly #given = new Map<string, number>();

  constructor(requests: readonly LockRequest[]) {
    for (const request of requests) {
      const line = this.#lines.get(request.key) ?? [];
      const asked = this.#asked.get(request.process) ?? [];
      this.#lines.set(request.key, line);
      this.#asked.set(request.process, asked);
      asked.push({ request, place: line.length });
      line.push(request);
    }
  }

  /** What stands before the requests of this part of a process, each of them once in all. */
  *before(process: string, inside: Inside): Generator<LockRequest> {
    for (const { request, place } of this.#asked.get(process) ?? []) {
      if (!inside(request.path)) continue;
      const line = this.#lines.get(request.key) as readonly LockRequest[];
      for (let next = this.#given.get(request.key) ?? 0; next < place; next = this.#given.get(request.key) as number) {
        this.#given.set(request.key, next + 1);
        yield line[next] as LockRequest;
      }
    }
  }

  /** Whether a process waits for locks that it asks for at a path. */
  waits(process: string, path: string): boolean {
    return (this.#asked.get(process) ?? []).some(({ request, place }) => request.path === path && place > 0);
  }
}

/** What has to end before a request does: itself, and what goes on while it is held. */
function within({ path }: LockRequest): Inside {
  const scope = lockScope(path);
  return (other) => other === path || other.startsWith(scope);
}
