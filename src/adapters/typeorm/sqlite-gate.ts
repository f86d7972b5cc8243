import { AsyncLocalStorage } from 'node:async_hooks';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { QueryResult, QueryRunner } from 'typeorm';
import { StepwrightError } from '../../core/error.js';
import { retryWhileBusy } from './retry-while-busy.js';

/** For how long work may follow work before timers, signals and sockets get a turn, in milliseconds. */
const TURN = 5;

const TRANSACTION = /^\s*(BEGIN|COMMIT|END|ROLLBACK|SAVEPOINT|RELEASE)\b/i;

/** Somebody who has the connection, or is in line for it. */
interface Holder {
  readonly enter: () => void;
}

/**
 * Gives the connection to one after another, in the order in which they come.
 *
 * TypeORM has one connection to a SQLite file, and whatever is sent through it joins the transaction that is open. So a group of writes
 * has the connection for itself from its first statement to its last, and a query from outside for as long as it runs: TypeORM lets
 * others run before it sends one, so looking whether a group is open would not be enough. A transaction opened from outside is refused,
 * since its commit would be that of other steps' work.
 *
 * A statement that meets another program's lock is sent again for a while.
 */
export class SqliteGate {
  /** Sends a statement of the work that holds the connection, without looking whether somebody does. */
  readonly send: (sql: string, values: unknown[]) => Promise<QueryResult>;
  readonly #inside = new AsyncLocalStorage<Holder>();
  readonly #line: Holder[] = [];
  #holder: Holder | undefined;
  #turned = 0;

  /** @param patience for how long a statement is sent again while the database is locked, in milliseconds @default 10000 */
  constructor(runner: QueryRunner, patience?: number) {
    const query = runner.query.bind(runner);
    this.send = (sql, values) => retryWhileBusy(() => query(sql, values, true), patience);
    const startTransaction = runner.startTransaction.bind(runner);
    runner.query = async (sql: string, parameters?: unknown[], structured?: boolean) => {
      const send = () => retryWhileBusy(() => query(sql, parameters as never[], structured as true), patience);
      if (this.#isInside()) return send();
      if (TRANSACTION.test(sql)) throw foreignTransaction();
      return this.#alone(send);
    };
    runner.startTransaction = async (isolation) => {
      if (this.#isInside()) return startTransaction(isolation);
      throw foreignTransaction();
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
        return await this.#inside.run(this.#holder as Holder, work);
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
    return this.#alone(work);
  }

  /** Who leaves hands over to the next in line at once, so that nobody slips in between. */
  async #alone<T>(work: () => Promise<T>): Promise<T> {
    if (this.#holder) await new Promise<void>((enter) => this.#line.push({ enter }));
    else this.#holder = { enter: () => undefined };
    try {
      return await work();
    } finally {
      this.#holder = this.#line.shift();
      this.#holder?.enter();
    }
  }

  /** Whether this is the open group's own doing, and not something that an earlier one left running. */
  #isInside(): boolean {
    return this.#holder !== undefined && this.#inside.getStore() === this.#holder;
  }
}

function foreignTransaction(): StepwrightError {
  return new StepwrightError(
    'wrong_use',
    'A transaction of its own would carry away the commits of other steps. Return the model from a step instead, or save with { transaction: false }.',
  );
}
