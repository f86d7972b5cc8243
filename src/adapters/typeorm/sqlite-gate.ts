import { AsyncLocalStorage } from 'node:async_hooks';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { QueryResult, QueryRunner } from 'typeorm';
import { StepwrightError } from '../../core/error.js';

/** For how long work may follow work before timers, signals and sockets get a turn, in milliseconds. */
const TURN = 5;

/**
 * Keeps everybody else out of an open group of writes.
 *
 * TypeORM has one connection to a SQLite file, and whatever is sent through it joins the transaction that is open. So while a group is
 * open, queries from outside wait for its end; and a transaction opened from outside is refused, since its commit would be that of other
 * steps' work.
 */
export class SqliteGate {
  /** Sends a statement of the work that holds the connection, without looking whether somebody does. */
  readonly send: (sql: string, values: unknown[], structured: true) => Promise<QueryResult>;
  readonly #inside = new AsyncLocalStorage<true>();
  #open: Promise<void> | undefined;
  #turned = 0;

  constructor(runner: QueryRunner) {
    const query = runner.query.bind(runner);
    this.send = query;
    const startTransaction = runner.startTransaction.bind(runner);
    runner.query = async (sql: string, parameters?: unknown[], structured?: boolean) => {
      if (!this.#inside.getStore()) while (this.#open) await this.#open;
      return query(sql, parameters as never[], structured as true);
    };
    runner.startTransaction = async (isolation) => {
      if (this.#inside.getStore()) return startTransaction(isolation);
      throw new StepwrightError(
        'wrong_use',
        'A transaction of its own would carry away the commits of other steps. Return the model from a step instead, or save with { transaction: false }.',
      );
    };
  }

  /**
   * Runs work as the only one on the connection, whose statements are its own and TypeORM's on its behalf, however deep inside.
   *
   * To tell them from those of others, every promise of the program is followed meanwhile, and no longer than that: a step that stores
   * no models would pay for it with a third of its time.
   */
  group<T>(work: () => Promise<T>): Promise<T> {
    return this.hold(async () => {
      try {
        return await this.#inside.run(true, work);
      } finally {
        this.#inside.disable();
      }
    });
  }

  /**
   * Runs work as the only one on the connection, all of whose statements go through `send`; one follows another.
   *
   * SQLite answers at once, so quick steps never wait for anything outside: without a turn of the event loop now and then, a heartbeat
   * would be late, and its runner be taken for dead.
   */
  async hold<T>(work: () => Promise<T>): Promise<T> {
    if (performance.now() - this.#turned > TURN) {
      await nextTurn();
      this.#turned = performance.now();
    }
    while (this.#open) await this.#open;
    let close = (): void => undefined;
    this.#open = new Promise((resolve) => {
      close = resolve;
    });
    try {
      return await work();
    } finally {
      this.#open = undefined;
      close();
    }
  }
}
