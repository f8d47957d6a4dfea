/** A create or an update that sends because of an argument is asked about, counted and limited like a send. */
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { Confirmer } from '../../src/core/tool.ts';
import { callContext } from '../helpers/call-context.ts';
import { json, oddService, parameters } from '../tools/odd-service.ts';
import { useScenes } from '../tools/opened.ts';

const { later, scene } = useScenes();

const ROWS = {
  type: 'array',
  items: {
    type: 'object',
    properties: {
      text: { type: 'string' },
      qty: { type: 'number' },
      unit_price: { type: 'number' },
      tax_rate: { type: 'number' },
    },
  },
};
const VOUCHER = {
  type: 'object',
  properties: {
    id: { type: 'integer', readOnly: true },
    total: { type: 'string', readOnly: true },
    currency_code: { type: 'string' },
    client_id: { type: 'integer' },
    phase: { type: 'string' },
    dispatch_by: { type: 'string', enum: ['email', 'hand'] },
    copies_to: { type: 'array', items: { type: 'string', format: 'email' } },
    lines: ROWS,
    draft: { type: 'boolean' },
    steps: { type: 'array', items: { type: 'object', properties: { next: { type: 'string' } } } },
  },
};
const PLAIN = { type: 'object', properties: { id: { type: 'integer', readOnly: true }, label: { type: 'string' } } };
const CLIENT = { id: 9, name: 'Klára', e_mail: 'klara@client.example' };
const RECORD = {
  mailed_on: '2026-09-30',
  id: 7,
  total: '121.00',
  currency_code: 'EUR',
  client_id: 9,
  phase: 'sent',
  lines: [],
};
/** 2 × 50.00 and 21 % are 121.00. */
const LINES = [{ text: 'Work', qty: 2, unit_price: 50, tax_rate: 21 }];

async function opened(env: Record<string, string> = {}) {
  const body = (schema: object) => ({ content: { 'application/json': { schema } } });
  const at = (...names: string[]) => ({ parameters: parameters('workspace_id', ...names) });
  const base = '/workspaces/{workspace_id}';
  const odd = later(
    await oddService(
      {
        [`${base}/clients/{id}`]: { ...at('id'), get: { operationId: 'get-client', responses: { 200: json(PLAIN) } } },
        [`${base}/vouchers`]: {
          ...at(),
          post: { operationId: 'create-voucher', requestBody: body(VOUCHER), responses: { 201: json(VOUCHER) } },
        },
        [`${base}/vouchers/{id}`]: {
          ...at('id'),
          get: { operationId: 'get-voucher', responses: { 200: json(VOUCHER) } },
          patch: { operationId: 'update-voucher', requestBody: body(VOUCHER), responses: { 200: json(VOUCHER) } },
        },
        [`${base}/vouchers/{id}/send`]: {
          ...at('id'),
          post: {
            operationId: 'send-voucher',
            summary: 'E-mails the voucher',
            requestBody: body({ type: 'object', properties: { to: { type: 'array', items: { type: 'string' } } } }),
            responses: { 200: json(VOUCHER) },
          },
        },
        [`${base}/folders`]: {
          ...at(),
          post: { operationId: 'create-folder', requestBody: body(PLAIN), responses: { 201: json(PLAIN) } },
        },
      },
      ({ path, method }) => {
        if (path.includes('/clients/')) return { json: CLIENT };
        return { status: method === 'POST' ? 201 : 200, json: RECORD };
      },
    ),
  );
  const settings = { LUCANTO_SCOPES: 'manage:*', LUCANTO_DUPLICATE_WINDOW: '0', ...env };
  const { bridge, ask } = await scene(odd.url, 'lct_pat_x23456789', settings);
  const writes = () => odd.received.filter(({ method }) => method !== 'GET').length;
  const preview = async (tool: string, args: object): Promise<readonly string[]> =>
    (await ask(tool, { ...args, preview: true })).json.preview.question.split('\n');
  return { bridge, ask, writes, preview };
}

const CREATE = { client_id: 9, currency_code: 'EUR', lines: LINES };
const STORED = 'To: "klara@client.example" (the customer\'s stored address)';

describe('A create that is no draft, or does more after it', () => {
  it('is asked about, and a state that the record has already is not', async () => {
    const { ask, preview, writes } = await opened();
    expect(await preview('lucanto_create_voucher', { ...CREATE, draft: false })).toContain(
      'It also issues, because of draft.',
    );
    const steps = [{ next: 'send' }];
    expect(await preview('lucanto_create_voucher', { ...CREATE, steps })).toContain(
      'It also sends, because of "steps[0].next".',
    );
    expect(writes()).toBe(0);
    expect((await ask('lucanto_create_voucher', { ...CREATE, draft: true, preview: true })).json.preview.note).toBe(
      'This call needs no confirmation.',
    );
  });
});

describe('A send that names its recipients', () => {
  it('shows them, what the service may do besides, and that it was sent before', async () => {
    const { preview, writes } = await opened();
    const lines = await preview('lucanto_send_voucher', { id: 7, to: ['a@example.com'] });
    expect(lines.slice(lines.indexOf(STORED))).toEqual([
      STORED,
      'To: "a@example.com" (to, not the customer\'s stored address)',
      'The recipients are given in to. The service may also send it to the stored address.',
      'Subject and text: not in this call, the service decides',
      expect.stringMatching(/^Company: /),
      'According to the record, it was already sent on 2026-09-30.',
      'This cannot be undone.',
    ]);
    expect(writes()).toBe(0);
  });
});

describe('A create that sends because of an argument', () => {
  it('is asked about with customer, amount, every recipient and the reason', async () => {
    const { preview, writes } = await opened();
    const lines = await preview('lucanto_create_voucher', {
      ...CREATE,
      dispatch_by: 'email',
      copies_to: ['x@evil.example'],
    });
    for (const line of [
      'Who: "Klára"',
      'Amount with this call: 121.00 EUR at most',
      STORED,
      'It also sends, because of dispatch_by, copies_to.',
      'This cannot be undone.',
    ])
      expect(lines).toContain(line);
    expect(lines.join('\n')).toContain('x@evil.example');
    expect(lines.join('\n')).toContain("not the customer's stored address");
    expect(writes()).toBe(0);
  });

  it('waits for a person, and the same without that argument does not', async () => {
    const { bridge, writes } = await opened();
    const questions: string[] = [];
    const human: Confirmer = {
      how: 'dialog',
      ask: async ({ message }) => {
        questions.push(message);
        await sleep(900);
        return 'declined';
      },
    };
    const asks = async (args: object) =>
      (await bridge.call('lucanto_create_voucher', args, callContext({ human }))).error?.code ?? 'done';
    expect(await asks(CREATE)).toBe('done');
    expect(await asks({ ...CREATE, dispatch_by: 'hand' })).toBe('done');
    expect([questions.length, writes()]).toEqual([0, 2]);
    expect(await asks({ ...CREATE, dispatch_by: 'email' })).toBe('declined');
    expect(await asks({ ...CREATE, phase: 'issued' })).toBe('declined');
    expect([questions.length, writes()]).toEqual([2, 2]);
  });

  it('does not claim in its answer that something was sent to the recipients of the call', async () => {
    const { bridge } = await opened();
    const human: Confirmer = { how: 'terminal', ask: async () => 'accepted' };
    const args = { ...CREATE, dispatch_by: 'email', copies_to: ['x@evil.example'] };
    const { result } = await bridge.call('lucanto_create_voucher', args, callContext({ human }));
    const said = result.content.map(({ text }) => String(text)).join('\n');
    expect(said).toContain(
      'The service does not say whether something was sent, and to which address. Recipients in this call: "x@evil.example".',
    );
    expect(said).not.toContain('Sent to');
  });

  it('says so in its hints, and a tool that cannot do so keeps its own', async () => {
    const { bridge } = await opened();
    const hints = (name: string) =>
      bridge.listed().find((one) => one.name === `lucanto_${name}`)?.annotations ?? 'missing';
    expect(hints('create_voucher')).toMatchObject({ destructiveHint: true, openWorldHint: true });
    expect(hints('update_voucher')).toMatchObject({ idempotentHint: false, openWorldHint: true });
    expect(hints('create_folder')).toMatchObject({ destructiveHint: false, openWorldHint: false });
  });

  it('needs the code of a preview under --confirm always, which counts for that call alone', async () => {
    const { ask, writes } = await opened({ LUCANTO_CONFIRM: 'always' });
    const first = await ask('lucanto_create_voucher', { ...CREATE, dispatch_by: 'email' });
    expect(first.json).toMatchObject({ done: false });
    const code = first.json.confirmation;
    const other = await ask('lucanto_create_voucher', { ...CREATE, phase: 'sent', confirmation: code });
    expect(other.json.error).toBe('confirmation_refused');
    const early = await ask('lucanto_create_voucher', { ...CREATE, dispatch_by: 'email', confirmation: code });
    expect(early.json.error).toBe('confirmation_refused');
    expect(writes()).toBe(0);
    expect((await ask('lucanto_create_voucher', CREATE)).result.isError).not.toBe(true);
  });
});

describe('An update', () => {
  it('shows what the record comes to with its new lines', async () => {
    const { preview } = await opened();
    const lines = await preview('lucanto_update_voucher', {
      id: 7,
      dispatch_by: 'email',
      lines: [{ text: 'More', qty: 10, unit_price: 50, tax_rate: 21 }],
    });
    // 10 × 50.00 and 21 % are 605.00.
    expect(lines).toContain('Amount with this call: 605.00 EUR at most');
    expect(lines).toContain(STORED);
  });

  it('that gives back the state that the record has asks for nothing', async () => {
    const { ask, bridge } = await opened({ LUCANTO_CONFIRM: 'always' });
    const { result } = await ask('lucanto_update_voucher', {
      id: 7,
      phase: 'sent',
      client_id: 9,
      currency_code: 'EUR',
    });
    expect(result.isError).not.toBe(true);
    expect(await bridge.sendsToday()).toBe(0);
    expect((await ask('lucanto_update_voucher', { id: 7, phase: 'void' })).json).toMatchObject({ done: false });
  });
});

describe('--limit', () => {
  it('counts it, knows its amount, and its recipients', async () => {
    const one = await opened({ LUCANTO_LIMIT: 'sends=1/day' });
    expect((await one.ask('lucanto_create_voucher', { ...CREATE, phase: 'sent' })).result.isError).not.toBe(true);
    expect(await one.bridge.sendsToday()).toBe(1);
    const again = await one.ask('lucanto_create_voucher', { ...CREATE, dispatch_by: 'email' });
    expect(again.json.error).toBe('limit_reached');
    expect(one.writes()).toBe(1);

    const two = await opened({ LUCANTO_LIMIT: 'recipients=stored,amount=121EUR' });
    const stored = { ...CREATE, dispatch_by: 'email', copies_to: ['klara@client.example'] };
    expect((await two.ask('lucanto_create_voucher', stored)).result.isError).not.toBe(true);
    const other = await two.ask('lucanto_create_voucher', { ...stored, copies_to: ['x@evil.example'] });
    expect(other.json).toMatchObject({ error: 'limit_reached', limit: 'recipients=stored' });
    const dear = [{ text: 'Work', qty: 2, unit_price: 51, tax_rate: 21 }];
    const above = await two.ask('lucanto_create_voucher', { ...stored, lines: dear });
    expect(above.json).toMatchObject({ error: 'limit_reached', total: '123.42' });
    expect(two.writes()).toBe(1);
  });
});
