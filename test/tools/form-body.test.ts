/** Bodies that are no JSON, in a contract that nobody knew. */
import { describe, expect, it } from 'vitest';
import { json, oddService, parameters } from './odd-service.ts';
import { useScenes } from './opened.ts';

const { later, scene } = useScenes();
const FIELDS = {
  name: { type: 'string' },
  amount: { type: 'string' },
  tags: { type: 'array', items: { type: 'string' } },
  address: { type: 'object', properties: { city: { type: 'string' } } },
  note: { type: ['string', 'null'] },
};

async function opened(type: string, schema: object = { type: 'object', required: ['name'], properties: FIELDS }) {
  const post = {
    operationId: 'create-thing',
    parameters: parameters('workspace_id'),
    requestBody: { required: true, content: { [type]: { schema } } },
    responses: { 201: json({ type: 'object' }) },
  };
  const paths = { '/workspaces/{workspace_id}/things': { post } };
  const odd = later(await oddService(paths, () => ({ status: 201, json: { id: 9 } })));
  return { odd, ...(await scene(odd.url, 'lct_pat_x23456789', { LUCANTO_SCOPES: 'manage:*' })) };
}

const TOOL = 'lucanto_create_thing';
const FORM = 'application/x-www-form-urlencoded';

describe('a form', () => {
  it('is sent with its fields as the service reads them, the same bytes for the same arguments', async () => {
    const { ask, odd } = await opened(FORM);
    const made = await ask(TOOL, {
      tags: ['a&b', 'c'],
      name: 'Účet č. 1',
      address: { city: 'Žilina' },
      note: null,
      amount: '15.50',
    });
    expect(made.json).toEqual({ id: 9 });
    const [sent] = odd.received;
    expect(sent?.headers).toMatchObject({ 'content-type': FORM, 'idempotency-key': expect.any(String) });
    const text = String(sent?.body);
    expect(text).toMatch(/^address%5Bcity%5D=%C5%BDilina&amount=15\.50&name=/);
    const read = new URLSearchParams(text);
    expect(read.get('name')).toBe('Účet č. 1');
    expect(read.getAll('tags')).toEqual(['a&b', 'c']);
    expect([read.get('address[city]'), read.get('note')]).toEqual(['Žilina', '']);
  });

  it('has the same bytes however the members of its objects are ordered', async () => {
    const fields = {
      type: 'object',
      additionalProperties: { type: 'object', additionalProperties: { type: 'string' } },
    };
    const { ask, odd } = await opened(FORM, fields);
    await ask(TOOL, { body: { address: { city: 'A', zip: '1' } } });
    await ask(TOOL, { body: { address: { zip: '1', city: 'A' } }, allow_duplicate: true });
    expect(odd.received.map(({ body }) => String(body))).toEqual(
      Array(2).fill('address%5Bcity%5D=A&address%5Bzip%5D=1'),
    );
  });

  it('of any fields is sent from the one argument that holds them', async () => {
    const { ask, odd } = await opened(FORM, { type: 'object', additionalProperties: { type: 'string' } });
    await ask(TOOL, { body: { b: '2', a: '1' } });
    expect(String(odd.received[0]?.body)).toBe('a=1&b=2');
  });
});

describe('a body that the bridge cannot write', () => {
  it('hides its tool, and says why', async () => {
    const { bridge, ask, odd } = await opened('application/xml');
    expect(bridge.visible().map(({ descriptor }) => descriptor.name)).not.toContain(TOOL);
    const hidden = bridge.catalogue.hidden().find(({ tool }) => tool.descriptor.name === TOOL);
    expect(hidden?.reason).toMatch(/^unsupported: the bridge cannot send application\/xml/);
    await expect(ask(TOOL, { name: 'A' })).rejects.toThrow('unsupported: the bridge cannot send application/xml');
    expect(odd.received).toEqual([]);
  });
});
