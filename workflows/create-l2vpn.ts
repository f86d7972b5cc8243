import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsBoolean,
  IsIn,
  IsInt,
  IsNotEmpty,
  IsOptional,
  IsString,
  Matches,
  Max,
  Min,
  ValidateNested,
} from 'class-validator';
import {
  ask,
  conditional,
  type FormGenerator,
  field,
  initialForm,
  inputStep,
  listOf,
  optional,
  refuse,
  retryStep,
  type StepContext,
  step,
  undo,
  workflow,
} from 'stepwright';
import { L2Vpn } from '../domain/l2vpn.js';
import { Port } from '../domain/port.js';
import { NetworkClient } from './network/network-client.js';

class Endpoint {
  @field({ title: 'Port', description: 'Device and port, such as ams-1:ge-0/0/1' })
  @Matches(/^[^:]+:[^:]+$/, { message: 'port must be a device and a port, such as ams-1:ge-0/0/1' })
  port!: string;

  @field({ title: 'VLAN', description: 'The lowest free one when left out' })
  @IsOptional()
  @IsInt()
  @Min(2)
  @Max(4094)
  vlan?: number;
}

/** What a customer orders. */
class Order {
  @IsNotEmpty()
  customerId!: string;

  @field({ title: 'Order number' })
  @IsNotEmpty()
  reference!: string;

  @field({ title: 'Speed', description: 'Mbit/s at each end' })
  @IsIn([100, 1_000, 10_000, 100_000])
  speed!: number;

  @field({ title: 'Ends', description: 'Two to eight' })
  @ValidateNested({ each: true })
  @Type(() => Endpoint)
  @ArrayMinSize(2)
  @ArrayMaxSize(8)
  endpoints!: Endpoint[];
}

class Confirmation {
  @field({ title: 'Take the circuit into service?' })
  @IsBoolean()
  approved!: boolean;

  @field({ title: 'Remark' })
  @IsOptional()
  @IsString()
  remark?: string;
}

/** Provisions an L2VPN: from an order to a circuit that the customer can use. */
@workflow('create_l2vpn', { target: 'create', product: L2Vpn, description: 'Provision an L2VPN between two to eight ports' })
export class CreateL2Vpn {
  constructor(private readonly network = new NetworkClient()) {}

  @initialForm()
  *order(): FormGenerator<object> {
    const order = yield* ask(Order);
    const addresses = order.endpoints.map((endpoint) => endpoint.port);
    if (new Set(addresses).size < addresses.length) refuse('each end needs a port of its own', 'endpoints');
    return { customerId: order.customerId, order, ports: addresses.map((address) => Port.idOf(address)) };
  }

  @step('Construct subscription')
  construct(subscription: L2Vpn, order: Order, @listOf(Port) ports: Port[]) {
    const slow = ports.find((port) => port.speed < order.speed);
    if (slow) throw new Error(`Port ${slow.address} has ${slow.speed} Mbit/s, which is less than the ${order.speed} that are ordered.`);
    subscription.speed = order.speed;
    subscription.description = `${order.reference}: ${ports.map((port) => port.address).join(' to ')}`;
    subscription.attach(
      ports,
      order.endpoints.map((endpoint) => endpoint.vlan),
    );
    return { subscription };
  }

  @retryStep('Reserve VLANs', { every: '2s', maxAttempts: 5 })
  async reserve(subscription: L2Vpn, ctx: StepContext) {
    for (const point of subscription.attachPoints) {
      const reserved = await this.network.reserve(
        point.port.address,
        point.vlan ?? undefined,
        `${ctx.idempotencyKey}:${point.position}`,
        ctx.signal,
      );
      point.vlan = reserved.vlan;
      point.reservation = reserved.id;
    }
    return { subscription };
  }

  @undo('Reserve VLANs')
  async release(subscription: L2Vpn, ctx: StepContext) {
    for (const point of subscription.attachPoints)
      await this.network.release(point.reservation ?? `${ctx.idempotencyKey}:${point.position}`, ctx.signal);
  }

  @retryStep('Push to network', { backoff: { initial: '1s', max: '1m' }, maxAttempts: 12 })
  async push(subscription: L2Vpn, ctx: StepContext) {
    const endpoints = subscription.attachPoints.map((point) => ({ reservation: point.reservation ?? '' }));
    const circuit = await this.network.createCircuit(
      { name: subscription.description, endpoints, speed: subscription.speed },
      ctx.idempotencyKey,
      ctx.signal,
    );
    subscription.circuit = circuit.id;
    return { subscription: subscription.transition('provisioning'), circuit: circuit.id };
  }

  @undo('Push to network')
  async remove(ctx: StepContext, @optional() circuit?: string) {
    await this.network.removeCircuit(circuit ?? ctx.idempotencyKey, ctx.signal);
  }

  @inputStep('Confirm cut-over', { assignee: 'NOC' })
  *confirm(): FormGenerator<Confirmation> {
    return yield* ask(Confirmation);
  }

  @conditional((state) => state.approved === true)
  @retryStep('Activate', { every: '2s', maxAttempts: 5 })
  async activate(subscription: L2Vpn, circuit: string, ctx: StepContext) {
    await this.network.activate(circuit, ctx.signal);
    subscription.insync = true;
    return { subscription: subscription.transition('active', new Date(ctx.now())) };
  }

  @conditional((state) => state.approved === false)
  @retryStep('Withdraw', { every: '2s', maxAttempts: 5 })
  async withdraw(subscription: L2Vpn, circuit: string, ctx: StepContext) {
    await this.network.removeCircuit(circuit, ctx.signal);
    for (const point of subscription.attachPoints) if (point.reservation) await this.network.release(point.reservation, ctx.signal);
    return { subscription: subscription.transition('terminated', new Date(ctx.now())) };
  }

  @step('Summarise')
  summarise(subscription: L2Vpn) {
    const ends = subscription.attachPoints.map((point) => `${point.port.address} VLAN ${point.vlan}`);
    return {
      summary: `L2VPN ${subscription.subscriptionId} is ${subscription.status}: ${ends.join(' to ')}, circuit ${subscription.circuit}`,
    };
  }
}
