/** "Only reading" of a remote tool: a name that says nothing is no evidence. */
import { describe, expect, it } from 'vitest';
import { remoteAnswer } from '../helpers/remote-endpoint.ts';
import { toldReader } from '../helpers/told-tool.ts';
import { oddService } from '../tools/odd-service.ts';
import { useScenes } from '../tools/opened.ts';

const { later, scene } = useScenes();
const TOKEN = 'lct_pat_abcdefghij';

describe('A remote tool whose words do not say what it does', () => {
  it.each([
    ['take_parcel_fee', ''],
    ['lucanto_handle_parcel', ''],
    ['sellParcels', 'Parcels of today.'],
  ])('is not believed where its name begins with a verb that acts: %s', (name, description) => {
    expect(toldReader(name, description)).toMatchObject({ readOnlyHint: false, tier: 'manage' });
  });

  it('is asked about where its verb is not known, whatever its hints say', () => {
    for (const name of ['settle_parcel', 'frobnicate_parcel', 'take_parcel_fee'])
      expect([name, toldReader(name, '', { readOnlyHint: false }).irreversible]).toEqual([name, 'unknown']);
  });

  it('does not exist in read-only mode where neither name nor description says so', async () => {
    const told = [
      ['payments', ''],
      ['parcels_all', 'Parcels of today.'],
      ['x', 'Gives a discount.'],
      ['report_parcels', 'Reports the parcels to customs.'],
      ['parcel_status', ''],
      ['parcels_of_today', 'Returns the parcels of today.'],
      ['find_parcel', ''],
    ] as const;
    const tools = told.map(([name, description]) => {
      const annotations = { readOnlyHint: true, destructiveHint: false };
      return { name, description, annotations, inputSchema: { type: 'object' } };
    });
    const called: string[] = [];
    const call = (name: string) => Object({ content: [], n: called.push(name) });
    const odd = later(await oddService({}, (request) => remoteAnswer(request, { tools: () => tools, call })));
    const { ask, bridge } = await scene(odd.url, TOKEN, { LUCANTO_READ_ONLY: '1' });
    for (const [name] of told)
      await ask(name, {}).catch((error) => expect(String(error)).toMatch(/says that it only reads/));
    expect(called).toEqual(['parcel_status', 'parcels_of_today', 'find_parcel']);
    expect(bridge.visible().map(({ descriptor }) => descriptor.name)).toEqual(expect.arrayContaining(called));
  });
});
