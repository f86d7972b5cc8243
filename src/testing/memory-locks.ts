import type { LockRequest } from '../ports/process-store.js';

/** The locks that the processes of a `MemoryProcessStore` hold or wait for, in the order in which they were asked for. */
export class MemoryLocks {
  #requests: LockRequest[] = [];

  /** @param keys @default all there are */
  of(keys?: readonly string[]): readonly LockRequest[] {
    const asked = keys && new Set(keys);
    return this.#requests.filter(({ key }) => asked?.has(key) ?? true);
  }

  request(requests: readonly LockRequest[]): void {
    for (const request of requests) {
      const { key, process, path } = request;
      const known = this.#requests.some((other) => other.key === key && other.process === process && other.path === path);
      if (!known) this.#requests.push(request);
    }
  }

  release(process: string, paths: readonly string[] | 'all'): void {
    const released = new Set(paths === 'all' ? this.#requests.map(({ path }) => path) : paths);
    this.#requests = this.#requests.filter((request) => request.process !== process || !released.has(request.path));
  }

  /** Whether each request that a process has made at a path is the first for its key. */
  areFree(process: string, path: string): boolean {
    const mine = this.#requests.filter((request) => request.process === process && request.path === path);
    return mine.every((request) => this.#requests.find(({ key }) => key === request.key) === request);
  }
}
