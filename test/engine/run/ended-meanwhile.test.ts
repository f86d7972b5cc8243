import { defineWorkflow, list, parallel, sleep, step } from 'stepwright';
import { expect, it, vi } from 'vitest';
import { signal } from '../signal.js';
import { onEachStore } from '../support.js';

onEachStore('A step that ends before a new walk comes to perform it', (world) => {
  it('is not performed again when there is a worker for it', async () => {
    const [began, woken, slowEnds, lateEnds] = [signal(), signal(), signal(), signal()];
    let performed = 0;
    const workflow = defineWorkflow(
      'busy',
      {},
      parallel(
        {
          late: list(
            sleep('Sleep', '1m'),
            step('Late')(async () => {
              woken.give();
              await lateEnds.given;
            }),
          ),
          slow: step('Slow')(async () => {
            performed++;
            began.give();
            await slowEnds.given;
          }),
        },
        { maxWorkers: 1 },
      ),
    );
    const engine = world().engine([workflow]);
    const { id } = await engine.start('busy');
    await began.given;
    await world().clock.advance('1m');
    const ticked = engine.tick();
    await woken.given;
    slowEnds.give();
    await vi.waitFor(async () => expect(await world().facts(id)).toContain('step_ended parallel/slow/Slow success'));
    lateEnds.give();
    await ticked;
    expect(await engine.settled(id)).toMatchObject({ status: 'completed' });
    expect(performed).toBe(1);
  });
});
