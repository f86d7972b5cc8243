import { IsInt, IsNotEmpty, IsPositive } from 'class-validator';
import { SubscriptionModel } from 'stepwright';
import { Column, Entity } from 'typeorm';
import { v5 as uuidOf } from 'uuid';

const PORTS = '6f3a1f0e-4d0c-5d6a-9a55-6f1f6c5f2b11';

/** A customer's port on a device of the network. */
@Entity('port')
export class Port extends SubscriptionModel {
  @Column('varchar')
  @IsNotEmpty()
  device!: string;

  /** Such as `ge-0/0/1`. */
  @Column('varchar')
  @IsNotEmpty()
  name!: string;

  /** Mbit/s. */
  @Column('integer')
  @IsInt()
  @IsPositive()
  speed!: number;

  /** How the network names it: `ams-1:ge-0/0/1`. */
  get address(): string {
    return `${this.device}:${this.name}`;
  }

  /** The subscription id of the port at an address: the same in every database, so that an order can name a port by its address. */
  static idOf(address: string): string {
    return uuidOf(address, PORTS);
  }
}
