import { IsInt, IsOptional, Max, Min } from 'class-validator';
import { Column, Entity, JoinColumn, ManyToOne, PrimaryColumn, type Relation } from 'typeorm';
import { L2Vpn } from './l2vpn.js';
import { Port } from './port.js';

/** Where an L2VPN meets a port, under a VLAN of its own. */
@Entity('service_attach_point', { orderBy: { position: 'ASC' } })
export class ServiceAttachPoint {
  @PrimaryColumn('varchar', { length: 36 })
  id: string = crypto.randomUUID();

  /** Its place among the attach points of its L2VPN, from 0. */
  @Column('integer')
  position!: number;

  /** The VLAN that is asked for, or that has been reserved. */
  @Column('integer', { nullable: true })
  @IsOptional()
  @IsInt()
  @Min(2)
  @Max(4094)
  vlan: number | null = null;

  /** The network controller's id of the reservation. */
  @Column('varchar', { nullable: true })
  reservation: string | null = null;

  @ManyToOne(() => Port, { nullable: false })
  @JoinColumn({ name: 'port_id' })
  port!: Relation<Port>;

  @ManyToOne(
    () => L2Vpn,
    (vpn) => vpn.attachPoints,
    { nullable: false, onDelete: 'CASCADE', orphanedRowAction: 'delete' },
  )
  @JoinColumn({ name: 'l2vpn_id' })
  vpn!: Relation<L2Vpn>;
}
