/** Arguments of ours may be inside `more` like the service's own: a short list names them there. */
import { expect, it } from 'vitest';
import { useScenes } from '../tools/opened.ts';

const { scene, demo } = useScenes();

it('takes fields, the length of the answer and the workspace from inside `more`', async () => {
  const service = await demo();
  const { ask } = await scene(service.url, service.tokens.manage);
  const more = { workspace_id: 42, limit: 2, fields: 'number', max_chars: 1000 };
  const { json } = await ask('lucanto_list_invoices', { more });
  expect(json.data).toHaveLength(2);
  for (const row of json.data) expect(Object.keys(row)).not.toContain('total');
  expect((await ask('lucanto_list_invoices', { more: { ...more, max_chars: 1 } })).text).toContain('max_chars');
});

it('takes the wish for another one from inside `more`', async () => {
  const service = await demo();
  const { ask } = await scene(service.url, service.tokens.manage, { LUCANTO_WORKSPACE: '42' });
  const again = (more: object) => ask('lucanto_create_contact', { name: 'Twice s.r.o.', more });
  const [first, second, third] = [await again({}), await again({}), await again({ allow_duplicate: true })];
  expect([first, second, third].map(({ result }) => result.isError === true)).toEqual([false, true, false]);
  expect(third.json.id).not.toBe(first.json.id);
});
