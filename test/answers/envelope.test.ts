/** A record that the service wraps in an object of its own is shown, and described, as the record that it is. */
import { expect, it } from 'vitest';
import { json, oddService, parameters } from '../tools/odd-service.ts';
import { useScenes } from '../tools/opened.ts';

const { later, scene } = useScenes();
const RECORD = { id: 7, number: 'W-7', note: 'x'.repeat(20_000), total: '1.00' };

it.each(['data', 'widget'])('of a record in %s, the fields that were asked for are shown, within it', async (key) => {
  const fields = Object.fromEntries(Object.keys(RECORD).map((name) => [name, { type: 'string' }]));
  const schema = { type: 'object', properties: { [key]: { type: 'object', properties: fields } } };
  const paths = {
    '/workspaces/{workspace_id}/widgets/{id}': {
      get: { parameters: parameters('workspace_id', 'id'), responses: { 200: json(schema) } },
    },
  };
  const odd = later(await oddService(paths, () => ({ json: { [key]: RECORD } })));
  const { ask, bridge } = await scene(odd.url, 'lct_pat_a23456789', { LUCANTO_SCOPES: 'read:*' });
  const { json: some } = await ask('lucanto_get_widget', { id: 7, fields: 'number,total' });
  expect(some).toEqual({ [key]: { number: 'W-7', total: '1.00' } });
  const { json: none } = await ask('lucanto_get_widget', { id: 7, fields: 'number,colour' });
  expect(none).toMatchObject({ [key]: { number: 'W-7' }, unknown_fields: ['colour'] });
  const { json: whole } = await ask('lucanto_get_widget', { id: 7, fields: key, max_chars: 40_000 });
  expect(whole).toEqual({ [key]: RECORD });
  const [tool] = bridge.visible().filter(({ descriptor }) => descriptor.name === 'lucanto_get_widget');
  expect(tool?.answerFields?.().map(({ name }) => name)).toEqual(Object.keys(RECORD));
});
