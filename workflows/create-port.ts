import { IsNotEmpty, Matches } from 'class-validator';
import { ask, type FormGenerator, field, initialForm, retryStep, type StepContext, step, workflow } from 'stepwright';
import { Port } from '../domain/port.js';
import { NetworkClient } from './network/network-client.js';

class PortForm {
  @field({ title: 'Customer' })
  @IsNotEmpty()
  customerId!: string;

  @field({ title: 'Port', description: 'Device and port, such as ams-1:ge-0/0/1' })
  @Matches(/^[^:]+:[^:]+$/, { message: 'address must be a device and a port, such as ams-1:ge-0/0/1' })
  address!: string;
}

/** Makes a port of the network a subscription of its customer. */
@workflow('create_port', { target: 'create', product: Port, description: 'Hand a port to a customer' })
export class CreatePort {
  constructor(private readonly network = new NetworkClient()) {}

  @initialForm()
  *order(): FormGenerator<PortForm> {
    return yield* ask(PortForm);
  }

  @retryStep('Look up port', { every: '2s', maxAttempts: 5 })
  async lookUp(address: string, ctx: StepContext) {
    const found = (await this.network.ports(ctx.signal)).find((port) => port.id === address);
    if (!found) throw Object.assign(new Error(`The network has no port ${address}.`), { retryable: false });
    return { inventory: { device: found.device, name: found.name, speed: found.speed } };
  }

  @step('Construct subscription')
  construct(port: Port, address: string, inventory: { device: string; name: string; speed: number }) {
    Object.assign(port, inventory, { subscriptionId: Port.idOf(address), description: `Port ${address}` });
    return { port };
  }

  @step('Activate')
  activate(port: Port, ctx: StepContext) {
    port.insync = true;
    return { port: port.transition('provisioning').transition('active', new Date(ctx.now())) };
  }
}
