import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NO_CHANGES, type State, StateLayer, toChanges } from '../../src/core/state.js';
import { anyState } from '../support/plans.js';

/** What happens to a stack of layers: a branch is opened, changes something, and is closed with or without being merged. */
type Move =
  | { readonly kind: 'open' | 'close' | 'drop' }
  | { readonly kind: 'change'; readonly returned: Readonly<Record<string, unknown>> };

const anyChange = fc.tuple(anyState, fc.subarray(['a', 'b', 'c', 'o'])).map(([set, unset]) => ({
  ...set,
  ...Object.fromEntries(unset.map((key) => [key, undefined])),
}));

const anyMove: fc.Arbitrary<Move> = fc.oneof(
  fc.record({ kind: fc.constant('change' as const), returned: anyChange }),
  fc.record({ kind: fc.constantFrom('open' as const, 'close' as const, 'drop' as const) }),
);

/** The same with plain objects. */
function spread(state: State, returned: object): State {
  return Object.fromEntries(Object.entries({ ...state, ...returned }).filter(([, value]) => value !== undefined)) as State;
}

describe('StateLayer, whatever is opened, changed, merged and dropped', () => {
  it('shows what spreading plain objects gives', () => {
    fc.assert(
      fc.property(anyState, fc.array(anyMove, { maxLength: 30 }), (start, moves) => {
        const layers = [StateLayer.of(start)];
        const objects = [start];
        for (const move of moves) {
          const [layer, object] = [layers.at(-1)!, objects.at(-1)!];
          if (move.kind === 'open') {
            layers.push(new StateLayer(layer));
            objects.push(object);
          } else if (move.kind === 'change') {
            layer.merge(toChanges(move.returned, layer, 'Step "A"'));
            objects.splice(-1, 1, spread(object, move.returned));
          } else if (layers.length > 1) {
            layers.pop();
            objects.pop();
            layers.at(-1)!.merge(move.kind === 'close' ? layer.changes() : NO_CHANGES);
            if (move.kind === 'close') objects.splice(-1, 1, object);
          }
          expect(layers.at(-1)!.toObject()).toEqual(objects.at(-1));
          for (const key of ['a', 'b', 'c', 'o']) expect(layers.at(-1)!.get(key)).toEqual(objects.at(-1)![key]);
        }
      }),
      { numRuns: 500 },
    );
  });
});
