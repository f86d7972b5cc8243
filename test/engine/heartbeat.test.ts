import { expect, it } from 'vitest';
import { Heartbeat } from '../../src/engine/heartbeat.js';
import { WriteQueue } from '../../src/engine/write-queue.js';
import { create, NOW, processRow } from '../support/process-writes.js';
import { around } from './faults.js';
import { NO_PEERS, onEachStore, type World } from './support.js';

const LEASE = 30_000;

function heartbeat(world: World, id: string, ports: Parameters<World['ports']>[0] = {}) {
  const given = world.ports(ports);
  return new Heartbeat(
    { ...given, queue: new WriteQueue(given.store, () => undefined), peers: NO_PEERS, publicUrl: undefined },
    id,
    LEASE,
    async () => undefined,
  );
}

/** When each runner's lease ends, from now. */
async function leases(world: World): Promise<Readonly<Record<string, number>>> {
  return Object.fromEntries((await world.store.runners()).map(({ id, aliveUntil }) => [id, aliveUntil - world.clock.now()]));
}

onEachStore('A heartbeat', (world) => {
  it('registers its runner once, renews that three times a lease, and takes leave at its end', async () => {
    const heart = heartbeat(world(), 'r-1');
    await Promise.all([heart.start(), heart.start()]);
    expect(await leases(world())).toEqual({ 'r-1': LEASE });
    expect(world().clock.pending).toBe(1);
    await world().clock.advance(9_999);
    expect(await leases(world())).toEqual({ 'r-1': LEASE - 9_999 });
    await world().clock.advance(1);
    expect(await leases(world())).toEqual({ 'r-1': LEASE });
    await world().clock.advance('1h');
    expect(await leases(world())).toEqual({ 'r-1': LEASE });
    await heart.stop();
    expect(await leases(world())).toEqual({});
    expect(world().clock.pending).toBe(0);
  });

  it('stays still after its end', async () => {
    const heart = heartbeat(world(), 'r-1');
    await heart.stop();
    await heart.start();
    await heart.reap();
    expect(await leases(world())).toEqual({});
    expect(world().clock.pending).toBe(0);
  });

  it('says that a runner is gone which is not alive any more, and which processes are free by that', async () => {
    const { store, clock, host } = world();
    const [dead, late, alive] = [host.spawn(), host.spawn(), host.spawn()];
    const until = (id: string, aliveUntil: number, runner: typeof dead) => store.keepAlive({ id, aliveUntil, host: runner.self() });
    await until('dead', clock.now() + LEASE, dead);
    await until('late', clock.now() - 1, late);
    await until('just in time', clock.now(), alive);
    for (const claimedBy of ['dead', 'late', 'just in time'])
      await create(store, processRow(`p of ${claimedBy}`, { status: 'running', claimedBy, createdAt: NOW }));
    dead.declareGone();
    const heart = heartbeat(world(), 'r-1');
    await heart.start();
    await heart.reap();
    expect(Object.keys(await leases(world())).sort()).toEqual(['just in time', 'r-1']);
    expect(await store.unclaimed('r-1')).toEqual(['p of dead', 'p of late']);
    await heart.stop();
  });

  it('registers its runner again when it finds that others took it for dead', async () => {
    const heart = heartbeat(world(), 'r-1');
    await heart.start();
    for (const again of [() => heart.reap(), () => heart.register()]) {
      const [row] = await world().store.runners();
      await world().store.removeRunner(row!);
      await again();
      expect(await leases(world())).toEqual({ 'r-1': LEASE });
    }
    await heart.stop();
    await heart.register();
    expect(await leases(world())).toEqual({});
  });

  it('does not take itself for dead, whatever the clock and the host say', async () => {
    const host = world().host.spawn();
    const heart = heartbeat(world(), 'r-1', { host });
    await heart.start();
    await create(world().store, processRow('p-1', { status: 'running', claimedBy: 'r-1' }));
    host.declareGone();
    await world().store.keepAlive({ id: 'r-1', aliveUntil: 0, host: host.self() });
    await heart.reap();
    expect(await world().store.process('p-1')).toMatchObject({ claimedBy: 'r-1' });
    await heart.stop();
    expect(await world().store.process('p-1')).not.toHaveProperty('claimedBy');
  });

  it('lets a runner live that is heard of between the look and the removal', async () => {
    const host = world().host.spawn();
    const row = { id: 'r-2', aliveUntil: world().clock.now() - 1, host: host.self() };
    await world().store.keepAlive(row);
    const store = around(world().store, async (method, call) => {
      if (method === 'removeRunner') await world().store.keepAlive({ ...row, aliveUntil: world().clock.now() + LEASE });
      return call();
    });
    const heart = heartbeat(world(), 'r-1', { store });
    await heart.reap();
    expect(await leases(world())).toEqual({ 'r-2': LEASE });
  });

  it('is refused where the first beat can not be stored, and begins anew with the next call', async () => {
    let broken = true;
    const store = around(world().store, async (method, call) => {
      if (broken && method === 'keepAlive') throw new Error('the disk is gone');
      return call();
    });
    const heart = heartbeat(world(), 'r-1', { store });
    await expect(heart.start()).rejects.toThrow('the disk is gone');
    expect(world().clock.pending).toBe(0);
    broken = false;
    await heart.start();
    expect(await leases(world())).toEqual({ 'r-1': LEASE });
    await heart.stop();
  });

  it('goes on after a later beat that can not be stored, and says so', async () => {
    let broken = false;
    const store = around(world().store, async (method, call) => {
      if (broken && method === 'keepAlive') throw new Error('the disk is gone');
      return call();
    });
    const heart = heartbeat(world(), 'r-1', { store });
    await heart.start();
    broken = true;
    await world().clock.advance(LEASE / 3);
    expect(world().complaints).toEqual(['the heartbeat could not be stored']);
    broken = false;
    await world().clock.advance(LEASE / 3);
    expect(world().complaints).toHaveLength(1);
    await heart.stop();
  });
});
