import { ArrayMaxSize, ArrayMinSize, IsInt, IsPositive, ValidateNested } from 'class-validator';
import { SubscriptionModel } from 'stepwright';
import { Column, Entity, OneToMany, type Relation } from 'typeorm';
import { Port } from './port.js';
import { ServiceAttachPoint } from './service-attach-point.js';

/** A layer 2 network between two to eight ports. */
@Entity('l2vpn')
export class L2Vpn extends SubscriptionModel {
  /** Mbit/s, at each attach point. */
  @Column('integer')
  @IsInt()
  @IsPositive()
  speed!: number;

  /** The network controller's id of the circuit. */
  @Column('varchar', { nullable: true })
  circuit: string | null = null;

  @OneToMany(
    () => ServiceAttachPoint,
    (point) => point.vpn,
    { cascade: true },
  )
  @ArrayMinSize(2)
  @ArrayMaxSize(8)
  @ValidateNested({ each: true })
  attachPoints!: Relation<ServiceAttachPoint>[];

  /** Attaches it to ports, each with the VLAN that is asked for there, if any. */
  attach(ports: readonly Port[], vlans: readonly (number | undefined)[]): void {
    this.attachPoints = ports.map((port, position) =>
      Object.assign(new ServiceAttachPoint(), { position, port, vlan: vlans[position] ?? null }),
    );
  }
}
