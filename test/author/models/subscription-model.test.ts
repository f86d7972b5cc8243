import { IsInt, Max, ValidateNested } from 'class-validator';
import { getMetadataArgsStorage } from 'typeorm';
import { describe, expect, it } from 'vitest';
import { isSubscriptionClass, isSubscriptionModel, SubscriptionModel } from '../../../src/author/models/subscription-model.js';
import { SUBSCRIPTION_STATUSES, type SubscriptionStatus } from '../../../src/author/models/subscription-status.js';

class Vlan {
  @IsInt()
  @Max(4094)
  id: number;

  constructor(id: number) {
    this.id = id;
  }
}

class AttachPoint {
  @ValidateNested()
  vlan: Vlan;
  other: unknown;

  constructor(vlan: number) {
    this.vlan = new Vlan(vlan);
  }
}

class L2Vpn extends SubscriptionModel {
  @IsInt()
  speed = 1000;

  @ValidateNested({ each: true })
  attachPoints: readonly AttachPoint[] = [];
}

function l2vpn(fields: Partial<L2Vpn> = {}): L2Vpn {
  return Object.assign(new L2Vpn(), { product: 'L2VPN', customerId: 'c-1' }, fields);
}

describe('a subscription', () => {
  it('starts with an id of its own, and as nothing that exists yet', () => {
    const [one, two] = [new L2Vpn(), new L2Vpn()];
    expect(one.subscriptionId).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    expect(two.subscriptionId).not.toBe(one.subscriptionId);
    const rest = { status: 'initial', insync: false, description: '', note: null, startDate: null, endDate: null, version: 0 };
    expect(one).toMatchObject(rest);
  });

  it('names the type of each of its columns, so that nothing hangs on emitted metadata', () => {
    const columns = getMetadataArgsStorage().columns.filter((column) => column.target === SubscriptionModel);
    const types = Object.fromEntries(columns.map((column) => [column.propertyName, column.options.type]));
    expect(types).toEqual({
      subscriptionId: 'varchar',
      product: 'varchar',
      customerId: 'varchar',
      status: 'varchar',
      insync: 'boolean',
      description: 'text',
      note: 'text',
      startDate: 'varchar',
      endDate: 'varchar',
      version: 'integer',
    });
  });
});

describe('transition', () => {
  const at = new Date('2026-05-05T05:05:05.005Z');

  it.each<[SubscriptionStatus, readonly SubscriptionStatus[]]>([
    ['initial', ['initial', 'provisioning', 'active', 'terminated']],
    ['provisioning', ['provisioning', 'active', 'disabled', 'terminated']],
    ['active', ['provisioning', 'active', 'migrating', 'disabled', 'terminated']],
    ['migrating', ['active', 'migrating', 'disabled', 'terminated']],
    ['disabled', ['provisioning', 'active', 'migrating', 'disabled', 'terminated']],
    ['terminated', ['terminated']],
  ])('leads from %s to %j', (status, allowed) => {
    for (const next of SUBSCRIPTION_STATUSES) {
      const vpn = l2vpn({ status });
      if (allowed.includes(next)) {
        expect(vpn.transition(next)).toBe(vpn);
        expect(vpn.status).toBe(next);
      } else {
        expect(() => vpn.transition(next)).toThrow(expect.objectContaining({ code: 'model_invalid' }));
        expect(vpn).toMatchObject({ status, startDate: null, endDate: null });
      }
    }
  });

  it('says which moves there are', () => {
    const vpn = l2vpn({ subscriptionId: 'x' });
    expect(() => vpn.transition('disabled')).toThrow(
      "L2Vpn x is initial and can't become disabled; it can become provisioning, active, terminated.",
    );
    expect(() => vpn.transition('terminated').transition('active')).toThrow('nothing follows that');
  });

  it('sets the start date when it first becomes active, and the end date when it is terminated', () => {
    const later = new Date(at.getTime() + 1);
    const vpn = l2vpn().transition('provisioning', at);
    expect([vpn.startDate, vpn.endDate]).toEqual([null, null]);
    vpn.transition('active', at).transition('disabled', later).transition('active', later);
    expect([vpn.startDate, vpn.endDate]).toEqual([at, null]);
    vpn.transition('terminated', later).transition('terminated', at);
    expect([vpn.startDate, vpn.endDate]).toEqual([at, later]);
  });

  it('happens now, unless told otherwise', () => {
    const before = Date.now();
    const start = l2vpn().transition('active').startDate?.getTime();
    expect(start).toBeGreaterThanOrEqual(before);
    expect(start).toBeLessThanOrEqual(Date.now());
  });
});

describe('check', () => {
  it('passes what keeps the rules, whatever else there is', () => {
    const plain = Object.assign(new AttachPoint(1), { other: new Map() });
    expect(() => l2vpn({ attachPoints: [plain], startDate: new Date(0), note: '' }).check()).not.toThrow();
  });

  it('lists every field that breaks a rule, blocks included', () => {
    const vpn = l2vpn({
      subscriptionId: 'x',
      speed: 0.5,
      attachPoints: [new AttachPoint(1), new AttachPoint(5000.5)],
      endDate: new Date('soon'),
    });
    const error = expect.objectContaining({
      code: 'model_invalid',
      retryable: false,
      message: expect.stringContaining('L2Vpn x breaks its own rules:\n  '),
      details: {
        errors: expect.arrayContaining([
          { field: 'speed', message: 'speed must be an integer number' },
          { field: 'attachPoints[1].vlan.id', message: 'id must be an integer number' },
          { field: 'attachPoints[1].vlan.id', message: 'id must not be greater than 4094' },
          { field: 'endDate', message: 'endDate must be a Date instance' },
        ]),
      },
    });
    expect(() => vpn.check()).toThrow(error);
  });

  it.each<[string, object]>([
    ['product', { product: undefined }],
    ['customerId', { customerId: '' }],
    ['subscriptionId', { subscriptionId: '' }],
    ['status', { status: 'gone' }],
    ['insync', { insync: 'yes' }],
    ['description', { description: null }],
    ['note', { note: 5 }],
    ['startDate', { startDate: '2026-01-01' }],
    ['version', { version: -1 }],
  ])('refuses a wrong %s', (field, fields) => {
    const fault = expect.objectContaining({ details: { errors: expect.arrayContaining([expect.objectContaining({ field })]) } });
    expect(() => Object.assign(l2vpn(), fields).check()).toThrow(fault);
  });
});

describe('the guards', () => {
  it('tell models and their classes from everything else', () => {
    expect(isSubscriptionModel(new L2Vpn())).toBe(true);
    expect([null, undefined, {}, { subscriptionId: 'x' }, L2Vpn, new AttachPoint(1), 'x'].some(isSubscriptionModel)).toBe(false);
    expect(isSubscriptionClass(L2Vpn)).toBe(true);
    const others = [SubscriptionModel, AttachPoint, Date, new L2Vpn(), () => L2Vpn, Object.create(null), null, undefined, 'L2Vpn'];
    expect(others.some(isSubscriptionClass)).toBe(false);
  });
});
