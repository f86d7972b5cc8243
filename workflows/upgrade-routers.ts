// A rolling upgrade: routers two at a time, each drained, upgraded, checked and put back; where one fails, all are as before.
import { ArrayMinSize, ArrayUnique, IsBoolean, IsOptional, IsString, Matches } from 'class-validator';
import {
  ask,
  callbackStep,
  conditional,
  type FormGenerator,
  field,
  forEach,
  initialForm,
  inputStep,
  list,
  optional,
  parallel,
  recover,
  retryStep,
  type State,
  type StepContext,
  sleep,
  step,
  undo,
  until,
  withLock,
  workflow,
} from 'stepwright';
import { NetworkClient } from './network/network-client.js';
import type { Router } from './network/routers.js';

/** What is to be upgraded, and to what. */
class Upgrade {
  @field({ title: 'Change number' })
  @Matches(/^CHG-[\d-]+$/, { message: 'reference must be a change number, such as CHG-2026-0042' })
  reference!: string;

  @field({ title: 'Version', description: 'Such as 24.4R1' })
  @Matches(/^\d+\.\d+R\d+$/, { message: 'version must be one such as 24.4R1' })
  version!: string;

  @field({ title: 'Routers', description: 'In this order' })
  @IsString({ each: true })
  @ArrayMinSize(1)
  @ArrayUnique()
  routers!: string[];

  @field({ title: 'Settling time', description: 'Between two looks at a router that boots, such as 30s' })
  @IsOptional()
  @Matches(/^\d+(s|m)$/, { message: 'settle must be a time such as 30s or 2m' })
  settle?: string;
}

class Approval {
  @field({ title: 'May this core router be upgraded now?' })
  @IsBoolean()
  approved!: boolean;
}

/** What the controller says when a router has been upgraded. */
class Report {
  @field({ title: 'The version that the router now runs' })
  @IsString()
  version!: string;
}

const PATIENT = { every: '10s', maxAttempts: 6 } as const;

const isCore = ({ before }: State) => (before as unknown as Router).role === 'core';
const isAllowed = ({ approved }: State) => approved !== false;
const isUp = ({ health }: State) => health === 'up';

/** Upgrades the software of routers while the network carries traffic. */
@workflow('upgrade_routers', { description: 'Upgrade the software of routers, two at a time', onFailure: 'undo' })
export class UpgradeRouters {
  constructor(private readonly network = new NetworkClient()) {}

  steps() {
    const upgrading = list(
      this.drain,
      this.upgrade,
      until(
        isUp,
        list(
          sleep('Settle', ({ settle = '30s' }) => String(settle)),
          this.askHealth,
        ),
        { name: 'Until healthy', maxLoops: 20 },
      ),
      parallel([this.checkVersion, this.checkNeighbours, this.checkInterfaces], { name: 'Checks' }),
      this.putBack,
    );
    const router = list(
      this.inspect,
      conditional(isCore)(this.approve),
      conditional(isAllowed)(withLock(({ router }) => [`router ${router}`], upgrading, { name: 'Maintenance' })),
      this.conclude,
    );
    return list(
      forEach('routers', router, { name: 'Routers', as: 'router', concurrency: 2, failFast: true, collect: 'summary' }),
      recover(this.notify, this.doWithoutNotice, { name: 'Notice', as: 'problem' }),
    );
  }

  @initialForm()
  *order(): FormGenerator<Upgrade> {
    return yield* ask(Upgrade);
  }

  @retryStep('Inspect', PATIENT)
  async inspect(router: string, ctx: StepContext) {
    return { before: await this.network.router(router, ctx.signal) };
  }

  @inputStep('Approve', { assignee: 'Network design' })
  *approve(): FormGenerator<Approval> {
    return yield* ask(Approval);
  }

  @retryStep('Drain', PATIENT)
  async drain(router: string, ctx: StepContext) {
    await this.network.drain(router, ctx.signal);
  }

  @undo('Drain', PATIENT)
  async undrain(router: string, ctx: StepContext) {
    await this.network.undrain(router, ctx.signal);
  }

  @callbackStep('Upgrade', { timeout: '2h', resultKey: 'report', validate: Report, retry: PATIENT })
  async upgrade(router: string, version: string, ctx: StepContext) {
    await this.network.install(router, version, ctx.callbackToken, ctx.idempotencyKey, ctx.signal);
  }

  @undo('Upgrade', PATIENT)
  async rollBack(router: string, before: Router, ctx: StepContext) {
    await this.network.rollBack(router, before.version, ctx.signal);
  }

  @retryStep('Ask health', PATIENT)
  async askHealth(router: string, ctx: StepContext) {
    return { health: await this.network.health(router, ctx.signal) };
  }

  @step('Check version')
  checkVersion(router: string, version: string, report: Report) {
    if (report.version !== version) throw new Error(`${router} runs ${report.version}, and not ${version}: look at its boot log.`);
  }

  @step('Check neighbours')
  async checkNeighbours(router: string, before: Router, ctx: StepContext) {
    const { neighbours } = await this.network.router(router, ctx.signal);
    if (neighbours < before.neighbours) throw new Error(`${router} has ${neighbours} BGP sessions, and had ${before.neighbours}.`);
  }

  @step('Check interfaces')
  async checkInterfaces(router: string, before: Router, ctx: StepContext) {
    const { interfaces } = await this.network.router(router, ctx.signal);
    if (interfaces < before.interfaces) throw new Error(`${router} has ${interfaces} interfaces up, and had ${before.interfaces}.`);
  }

  @retryStep('Put back into service', PATIENT)
  async putBack(router: string, ctx: StepContext) {
    await this.network.undrain(router, ctx.signal);
  }

  /** Before its old version comes back, the router must be out of service again. */
  @undo('Put back into service', PATIENT)
  async takeOut(router: string, ctx: StepContext) {
    await this.network.drain(router, ctx.signal);
  }

  @step('Conclude')
  conclude(router: string, before: Router, @optional() report?: Report) {
    return { summary: report ? `${router}: ${before.version} to ${report.version}` : `${router}: left at ${before.version}` };
  }

  @step('Notify')
  async notify(reference: string, summary: string[], ctx: StepContext) {
    await this.network.notify(`${reference} is done. ${summary.join('; ')}`, ctx.signal);
    return { notice: 'sent' };
  }

  @step('Do without notice')
  doWithoutNotice(problem: { message: string }) {
    return { notice: `not sent: ${problem.message}` };
  }
}
