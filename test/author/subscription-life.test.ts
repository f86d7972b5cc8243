import {
  createWorkflow,
  initialForm,
  type Json,
  list,
  modifyWorkflow,
  reconcileWorkflow,
  step,
  task,
  terminateWorkflow,
  validateWorkflow,
  workflowOf,
} from 'stepwright';
import { testWorkflow } from 'stepwright/testing';
import { describe, expect, it } from 'vitest';
import { ask } from '../../src/author/forms/ask.js';
import { TestPort } from '../support/models.js';
import { Pick } from './fixtures/pick.js';
import { problemOf } from './problem-of.js';

const TAKE = 'Take subscription';
const RELEASE = 'Release subscription';

function port(state: Partial<TestPort> = {}): TestPort {
  return Object.assign(
    new TestPort(),
    { subscriptionId: 'p-1', product: 'TestPort', customerId: 'c-1', status: 'active', insync: true },
    state,
  );
}

/** A form that says which subscription is meant. */
function* which() {
  const { subscription } = yield* ask(Pick);
  return { subscription };
}

const rename = step('Rename', { params: { subscription: TestPort } })((subscription: TestPort) => {
  subscription.description = 'renamed';
  return { subscription };
});
const fail = step('Fail')(() => {
  throw new Error('no route');
});

async function run(of: unknown, model: TestPort) {
  const test = testWorkflow(of, { models: [model] });
  const process = await test.start({ subscription: model.subscriptionId });
  const now = async () => (await test.models.load([TestPort], [model.subscriptionId]))[0] as TestPort;
  return { test, process, after: now };
}

describe('createWorkflow', () => {
  it('makes the new subscription active and in sync at the end', async () => {
    const construct = step('Construct', { params: { subscription: TestPort } })((subscription: TestPort) => ({ subscription }));
    const create = createWorkflow('create_port', { product: TestPort, initialForm: customer }, list(construct));
    const test = testWorkflow(create);
    const process = await test.start({ subscription: 'c-1' });
    expect(process).toMatchObject({ status: 'completed', done: ['Construct', RELEASE] });
    const { id } = process.state.subscription as { id: string };
    const [made] = (await test.models.load([TestPort], [id])) as TestPort[];
    expect(made).toMatchObject({ status: 'active', insync: true });
    expect(made?.startDate?.getTime()).toBe(test.clock.now());
  });

  function* customer() {
    const { subscription } = yield* ask(Pick);
    return { customerId: subscription };
  }

  it('refuses steps that never make the subscription', () => {
    const nothing = step('Nothing')(() => ({ other: 1 }));
    expect(problemOf(() => createWorkflow('create_port', { product: TestPort }, nothing))).toContain('asks for state key "subscription"');
  });
});

describe('modifyWorkflow', () => {
  it('takes a subscription out of sync, and gives it back in sync with its status as it was', async () => {
    let during: boolean | undefined;
    const look = step('Look', { params: { subscription: TestPort } })((subscription: TestPort) => {
      during = subscription.insync;
    });
    const { process, after: stored } = await run(
      modifyWorkflow('modify_port', { product: TestPort, initialForm: which }, list(look, rename)),
      port(),
    );
    expect(process).toMatchObject({ status: 'completed', done: [TAKE, 'Look', 'Rename', RELEASE] });
    expect(during).toBe(false);
    expect(await stored()).toMatchObject({ status: 'active', insync: true, description: 'renamed' });
  });

  it.each<[Partial<TestPort>, string]>([
    [{ insync: false }, 'TestPort p-1 is out of sync'],
    [{ status: 'terminated' }, 'TestPort p-1 is terminated'],
  ])('refuses a subscription with %j before any step', async (state, message) => {
    const { process, after: stored } = await run(
      modifyWorkflow('modify_port', { product: TestPort, initialForm: which }, rename),
      port(state),
    );
    expect(process.status).toBe('failed');
    expect(process.failure?.message).toContain(message);
    expect(await stored()).toMatchObject({ version: 1, description: '' });
  });

  it('leaves it out of sync when it fails, and puts it back when it is taken back', async () => {
    const broken = await run(modifyWorkflow('modify_port', { product: TestPort, initialForm: which }, list(rename, fail)), port());
    expect(broken.process.status).toBe('failed');
    expect(await broken.after()).toMatchObject({ insync: false });
    const undone = await run(
      modifyWorkflow('modify_port', { product: TestPort, initialForm: which, onFailure: 'undo' }, list(rename, fail)),
      port(),
    );
    expect(undone.process.status).toBe('undone');
    expect(await undone.after()).toMatchObject({ insync: true });
  });

  it('leaves a subscription as it is that it has not taken, when it is taken back', async () => {
    const { process, after: stored } = await run(
      modifyWorkflow('modify_port', { product: TestPort, initialForm: which, onFailure: 'undo' }, rename),
      port({ status: 'terminated' }),
    );
    expect(process.status).toBe('undone');
    expect(await stored()).toMatchObject({ status: 'terminated', insync: true, version: 1 });
  });

  it('refuses a second process on the same subscription, and names the first', async () => {
    const wait = step('Fail first')(() => {
      throw new Error('not yet');
    });
    const { test, process } = await run(modifyWorkflow('modify_port', { product: TestPort, initialForm: which }, wait), port());
    const second = await test.start({ subscription: 'p-1' });
    expect(second.failure).toMatchObject({ code: 'lock_held', details: { key: 'subscription:p-1', process: process.id } });
  });

  it('never makes a subscription where the state names none', async () => {
    const modify = modifyWorkflow('modify_port', { product: TestPort, initialForm: nobody }, rename);
    const process = await testWorkflow(modify).start({ subscription: 'c-1' });
    expect(process.failure).toMatchObject({ code: 'missing_key' });
  });

  function* nobody() {
    const { subscription } = yield* ask(Pick);
    return Object.fromEntries([['customerId', subscription]]) as { [key: string]: Json };
  }

  it('is a class decorator too, and the key can be another', async () => {
    @modifyWorkflow('modify_port', { product: TestPort, key: 'port' })
    class Modify {
      @initialForm()
      *order() {
        const { subscription } = yield* ask(Pick);
        return { port: subscription };
      }

      @step('Rename')
      rename(port: TestPort) {
        port.description = 'by a class';
        return { port };
      }
    }
    expect(workflowOf(Modify)).toMatchObject({ target: 'modify', product: 'TestPort' });
    const { process, after: stored } = await run(Modify, port());
    expect(process).toMatchObject({ status: 'completed', done: [TAKE, 'Rename', RELEASE] });
    expect(await stored()).toMatchObject({ insync: true, description: 'by a class' });
  });
});

describe('terminateWorkflow', () => {
  it('makes the subscription terminated and in sync at the end', async () => {
    const { process, after: stored } = await run(terminateWorkflow('end_port', { product: TestPort, initialForm: which }, rename), port());
    expect(process.status).toBe('completed');
    expect(await stored()).toMatchObject({ status: 'terminated', insync: true });
  });
});

describe.each([
  ['validateWorkflow', validateWorkflow, 'validate'],
  ['reconcileWorkflow', reconcileWorkflow, 'reconcile'],
] as const)('%s', (_name, make, target) => {
  it('takes a subscription that is out of sync, and says that it is in sync when its steps succeed', async () => {
    const made = make('check_port', { product: TestPort, initialForm: which }, rename);
    expect(made.target).toBe(target);
    const { process, after: stored } = await run(made, port({ insync: false }));
    expect(process.status).toBe('completed');
    expect(await stored()).toMatchObject({ status: 'active', insync: true });
  });

  it('leaves it out of sync when a step fails', async () => {
    const { after: stored } = await run(make('check_port', { product: TestPort, initialForm: which }, fail), port());
    expect(await stored()).toMatchObject({ insync: false });
  });
});

describe('task', () => {
  it('is a workflow on nothing, as a step list and as a class', () => {
    @task('clean_up')
    class CleanUp {
      @step('Sweep')
      sweep() {}
    }
    expect(workflowOf(CleanUp)).toMatchObject({ name: 'clean_up', target: 'system' });
    expect(task('clean', {}, rename)).toMatchObject({ name: 'clean', target: 'system' });
  });
});

describe('a workflow on a subscription', () => {
  it.each<[object, string]>([
    [{}, 'needs a product'],
    [{ product: 'TestPort' }, 'needs a product'],
    [{ product: TestPort, target: 'modify' }, 'unknown option "target"'],
  ])('refuses the options %o', (options, message) => {
    expect(problemOf(() => modifyWorkflow('modify_port', options as never, rename))).toContain(message);
  });
});
