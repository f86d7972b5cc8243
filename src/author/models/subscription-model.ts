import { IsBoolean, IsDate, IsIn, IsInt, IsNotEmpty, IsOptional, IsString, Min, validateSync } from 'class-validator';
import { Column, PrimaryColumn } from 'typeorm';
import { StepwrightError } from '../../core/error.js';
import { flattenErrors } from '../validation.js';
import { isoDate } from './iso-date.js';
import { nextStatuses, SUBSCRIPTION_STATUSES, type SubscriptionStatus } from './subscription-status.js';

/**
 * The base class of domain models: one customer's instance of a product, with a lifecycle.
 *
 * A step receives one by its type, and saves it by returning it. Its blocks are plain TypeORM entities that relations with `cascade`
 * reach; they are loaded and saved with it. Another subscription in it is only referred to, and is saved where it is returned itself.
 *
 * @example
 * ```ts
 * @Entity()
 * export class L2Vpn extends SubscriptionModel {
 *   @Column('integer')
 *   @IsPositive()
 *   speed = 1000;
 *
 *   @OneToMany(() => AttachPoint, (point) => point.vpn, { cascade: true })
 *   @ValidateNested({ each: true })
 *   attachPoints!: AttachPoint[];
 * }
 * ```
 */
export abstract class SubscriptionModel {
  @PrimaryColumn('varchar')
  @IsString()
  @IsNotEmpty()
  subscriptionId: string = globalThis.crypto.randomUUID();

  /** The name of the product that it is an instance of. */
  @Column('varchar')
  @IsString()
  @IsNotEmpty()
  product!: string;

  @Column('varchar')
  @IsString()
  @IsNotEmpty()
  customerId!: string;

  /** Changed by `transition`. */
  @Column('varchar')
  @IsIn(SUBSCRIPTION_STATUSES)
  status: SubscriptionStatus = 'initial';

  /** Whether the model and the outside world agree: false while a workflow is at work on it. */
  @Column('boolean')
  @IsBoolean()
  insync: boolean = false;

  @Column('text')
  @IsString()
  description: string = '';

  @Column('text', { nullable: true })
  @IsOptional()
  @IsString()
  note: string | null = null;

  /** When it was first in service. */
  @Column('varchar', { nullable: true, transformer: isoDate })
  @IsOptional()
  @IsDate()
  startDate: Date | null = null;

  /** When it was terminated. */
  @Column('varchar', { nullable: true, transformer: isoDate })
  @IsOptional()
  @IsDate()
  endDate: Date | null = null;

  /** How often it was saved: 0 for one that never was. A save of an older version than the stored one is refused. */
  @Column('integer')
  @IsInt()
  @Min(0)
  version: number = 0;

  /**
   * Moves it on in its life: the first time it becomes active sets the start date, its termination the end date. A move to the status
   * that it has changes nothing.
   * @param at when it happens; `ctx.now()` gives a step's own time. @default now
   * @throws StepwrightError `model_invalid` for a move that can't be
   */
  transition(status: SubscriptionStatus, at: Date = new Date()): this {
    if (status === this.status) return this;
    const next = nextStatuses(this.status);
    if (!next.includes(status)) {
      const ways = next.length === 0 ? 'nothing follows that' : `it can become ${next.join(', ')}`;
      throw new StepwrightError('model_invalid', `${describe(this)} is ${this.status} and can't become ${status}; ${ways}.`);
    }
    this.status = status;
    if (status === 'active') this.startDate ??= at;
    if (status === 'terminated') this.endDate = at;
    return this;
  }

  /**
   * Checks it by its class-validator decorators, and its blocks where `@ValidateNested` says so.
   * @throws StepwrightError `model_invalid` with every broken rule; `details.errors` has them as `{ field, message }`
   */
  check(): void {
    const errors = flattenErrors(validateSync(this, { forbidUnknownValues: false }));
    if (errors.length === 0) return;
    const list = errors.map(({ field, message }) => `\n  ${field}: ${message}`).join('');
    throw new StepwrightError('model_invalid', `${describe(this)} breaks its own rules:${list}`, {
      details: { errors: errors.map((error) => ({ ...error })) },
    });
  }
}

/** A domain model's class: one that extends `SubscriptionModel`, and is made without arguments. */
export type SubscriptionClass = new () => SubscriptionModel;

export function isSubscriptionModel(value: unknown): value is SubscriptionModel {
  return value instanceof SubscriptionModel;
}

/** Whether a value is a class that extends `SubscriptionModel`. */
export function isSubscriptionClass(type: unknown): type is SubscriptionClass {
  return typeof type === 'function' && type.prototype instanceof SubscriptionModel;
}

function describe(model: SubscriptionModel): string {
  return `${model.constructor.name} ${model.subscriptionId}`;
}
