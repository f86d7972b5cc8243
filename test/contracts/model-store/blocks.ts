import { describe, expect, it } from 'vitest';
import { inOrder, type TestCircuit, testCircuit, testEndpoint, testPort } from '../../support/models.js';
import { loadCircuit, plainCircuit, save } from '../../support/saved-models.js';
import { eachOpen, type OpenStore } from '../stores.js';

export function blockContract(open: OpenStore): void {
  describe('blocks', () => {
    const stores = eachOpen(open);

    /** Saves a circuit with endpoints on the vlans 10, 20 and 30 and two addresses each, changes it, and gives what is stored then. */
    async function changed(change: (circuit: TestCircuit) => void): Promise<ReturnType<typeof plainCircuit>> {
      const port = testPort('ams-1');
      const saved = testCircuit([10, 20, 30].map((vlan) => testEndpoint(port, { vlan }, [`${vlan}-a`, `${vlan}-b`])));
      await save(stores(), port, saved);
      const circuit = await loadCircuit(stores().models, saved.subscriptionId);
      change(circuit);
      const expected = plainCircuit(circuit);
      await save(stores(), circuit);
      const stored = plainCircuit(await loadCircuit(stores().models, saved.subscriptionId));
      expect(stored).toEqual({ ...expected, version: 2 });
      return stored;
    }

    const vlans = ({ endpoints }: { readonly endpoints: readonly { readonly vlan: number }[] }) =>
      endpoints.map((endpoint) => endpoint.vlan);

    it('are changed with their model', async () => {
      const stored = await changed((circuit) => {
        Object.assign(circuit.endpoints[1]!, { vlan: 21, tagged: true, remark: 'x', since: new Date(1) });
        circuit.endpoints[2]!.addresses[0]!.prefix = 'changed';
      });
      expect(vlans(stored)).toEqual([10, 21, 30]);
    });

    it('are gone when they are no longer in it', async () => {
      const stored = await changed((circuit) => {
        circuit.endpoints = inOrder(circuit.endpoints.filter((endpoint) => endpoint.vlan !== 20));
      });
      expect(vlans(stored)).toEqual([10, 30]);
    });

    it('are gone when none is in it any more', async () => {
      const stored = await changed((circuit) => {
        circuit.endpoints = [];
      });
      expect(vlans(stored)).toEqual([]);
    });

    it('of a block are changed, added and gone with it', async () => {
      const stored = await changed((circuit) => {
        const [first, second] = circuit.endpoints;
        first!.addresses = first!.addresses.slice(0, 1);
        const added = testEndpoint(first!.port, {}, ['added']).addresses;
        second!.addresses = inOrder([...added, ...second!.addresses]);
      });
      expect(stored.endpoints.map((endpoint) => endpoint.addresses.map((address) => address.prefix))).toEqual([
        ['10-a'],
        ['added', '20-a', '20-b'],
        ['30-a', '30-b'],
      ]);
    });

    it('keep the order that they are given anew, with those that are added', async () => {
      const stored = await changed((circuit) => {
        const [a, b, c] = circuit.endpoints;
        circuit.endpoints = inOrder([c!, testEndpoint(a!.port, { vlan: 25 }, ['25-a']), a!, b!]);
      });
      expect(vlans(stored)).toEqual([30, 25, 10, 20]);
    });

    it('are replaced by others', async () => {
      const stored = await changed((circuit) => {
        circuit.endpoints = inOrder([testEndpoint(circuit.endpoints[0]!.port, { vlan: 99 })]);
      });
      expect(vlans(stored)).toEqual([99]);
    });

    it('of other models stay as they are', async () => {
      const port = testPort('ams-1');
      const other = testCircuit([testEndpoint(port, { vlan: 1 }, ['other'])]);
      await save(stores(), port, other);
      const before = plainCircuit(await loadCircuit(stores().models, other.subscriptionId));
      await changed((circuit) => {
        circuit.endpoints = [];
      });
      expect(plainCircuit(await loadCircuit(stores().models, other.subscriptionId))).toEqual(before);
    });
  });
}
