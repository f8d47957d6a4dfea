/** Clients that cannot ask, and what is tried with the codes and states that they carry. */
import { describe, expect, it } from 'vitest';
import { whenItTakesEffect } from '../helpers/asking.ts';
import { connect, type McpSession, startRaw } from '../helpers/mcp.ts';
import { legacyLine, modernLine } from '../helpers/modern.ts';
import { useOneOther } from '../helpers/one-other.ts';
import { writesOf } from '../helpers/other-writes.ts';

const at = useOneOther();
const writes = () => writesOf(at.other);
const invoice = (index = 0) => at.other.ids('invoices')[index] ?? '';
const ALWAYS = { LUCANTO_CONFIRM: 'always' };
const DELETE = 'lucanto_delete_invoice';

async function using(env: Readonly<Record<string, string>>, work: (session: McpSession) => Promise<void>) {
  const session = await connect('v1', at.bridge(env));
  try {
    await work(session);
  } finally {
    await session.close();
  }
}

describe('A client that cannot ask', () => {
  it('is not stopped by default, and no tool has an argument for a confirmation', async () => {
    await using({}, async (session) => {
      const properties = (await session.listTools()).flatMap(({ inputSchema }) =>
        Object.keys(Object(inputSchema.properties)),
      );
      expect(properties).not.toContain('confirmation');
      expect((await session.callTool(DELETE, { id: invoice() })).isError).toBe(false);
      expect(writes()).toHaveLength(1);
      expect(session.instructions()).not.toContain('preview');
    });
  });

  describe.each(['rest', 'remote'])('with --confirm always and the backend %s', (LUCANTO_BACKEND) => {
    const env = { ...ALWAYS, LUCANTO_BACKEND };

    it('gets a preview, and carries it out with a second call, also after a restart', async () => {
      let code = '';
      await using(env, async (session) => {
        const { isError, text } = await session.callTool(DELETE, { id: invoice() });
        expect(isError).toBe(false);
        const offer = JSON.parse(text);
        expect(offer).toMatchObject({ done: false, preview: { record: { number: 'FAK2026-0001' } } });
        code = offer.confirmation;
        const early = await session.callTool(DELETE, { id: invoice(), confirmation: code });
        expect([early.isError, early.text]).toEqual([true, expect.stringContaining('"retry_after_seconds"')]);
        expect(writes()).toEqual([]);
        await whenItTakesEffect(offer);
      });
      await using(env, async (session) => {
        const other = await session.callTool(DELETE, { id: invoice(1), confirmation: code });
        expect([other.isError, other.text]).toEqual([true, expect.stringContaining('"confirmation_refused"')]);
        const own = { id: invoice(), confirmation: code };
        const both = await Promise.all([session.callTool(DELETE, own), session.callTool(DELETE, own)]);
        expect(both.map(({ isError }) => isError).sort()).toEqual([false, true]);
      });
      await using(env, async (session) => {
        const again = await session.callTool(DELETE, { id: invoice(), confirmation: code });
        expect(again.isError).toBe(true);
      });
      expect(writes()).toHaveLength(1);
    });

    it('sees the argument in those tools only, and calls the others as before', async () => {
      await using(env, async (session) => {
        const tools = await session.listTools();
        const taking = tools.filter(({ inputSchema }) => 'confirmation' in Object(inputSchema.properties));
        expect(taking.length).toBeGreaterThan(5);
        expect(taking.filter(({ name }) => !/_(delete|issue|send|reconcile)_/.test(name))).toEqual([]);
        expect(session.instructions()).toContain('answer with a preview');
        expect((await session.callTool('lucanto_mark_invoice_paid', { id: invoice(1) })).isError).toBe(false);
        expect(writes()).toHaveLength(1);
      });
    });
  });

  it('never gets past --read-only with a code', async () => {
    await using({ ...ALWAYS, LUCANTO_READ_ONLY: '1' }, async (session) => {
      await expect(session.callTool(DELETE, { id: invoice(), confirmation: 'x' })).rejects.toThrow(/read-only/);
    });
  });

  it('is asked nothing in a revision that has no elicitation, whatever it declares', async () => {
    const raw = startRaw(at.bridge());
    const capabilities = { elicitation: {} };
    const clientInfo = { name: 'raw', version: '1' };
    raw.send(legacyLine('1', 'initialize', { protocolVersion: '2025-03-26', capabilities, clientInfo }));
    await raw.lineWith('"id":"1"');
    raw.send(legacyLine('2', 'tools/call', { name: DELETE, arguments: { id: invoice() } }));
    expect(await raw.lineWith('"id":"2"')).not.toContain('isError');
    await raw.end();
    expect(raw.lines.filter((line) => line.includes('elicitation/create'))).toEqual([]);
  });
});

describe('Requests of the revision 2026-07-28', () => {
  const ASKING = { 'io.modelcontextprotocol/clientCapabilities': { elicitation: { form: {} } } };
  const ACCEPT = { confirm: { action: 'accept', content: { confirm: true } } };
  const line = (id: string, params: object) => {
    const message = JSON.parse(modernLine(id, 'tools/call', params));
    return JSON.stringify({ ...message, params: { ...message.params, _meta: { ...message.params._meta, ...ASKING } } });
  };

  it('get a question with a state, and carry nothing out with a forged, foreign or used state', async () => {
    const raw = startRaw(at.bridge());
    const call = async (id: string, params: object): Promise<string> => {
      raw.send(line(id, { name: DELETE, ...params }));
      return raw.lineWith(`"id":"${id}"`);
    };
    const args = { id: invoice() };
    const asked = JSON.parse(await call('ask', { arguments: args })).result;
    expect(asked).toMatchObject({
      resultType: 'input_required',
      inputRequests: { confirm: { method: 'elicitation/create', params: { mode: 'form' } } },
    });
    const { requestState } = asked;
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    const inputResponses = ACCEPT;
    for (const [id, params] of Object.entries({
      forged: { arguments: args, inputResponses, requestState: `${requestState.slice(0, -2)}xx` },
      nonsense: { arguments: args, inputResponses, requestState: 'yes' },
      foreign: { arguments: { id: invoice(1) }, inputResponses, requestState },
      tool: { name: 'lucanto_issue_invoice', arguments: args, inputResponses, requestState },
    })) {
      expect([id, await call(id, params)]).toEqual([id, expect.stringContaining('confirmation_refused')]);
    }
    expect(await call('stateless', { arguments: args, inputResponses })).toContain('input_required');
    expect(writes()).toEqual([]);
    const good = { arguments: args, inputResponses, requestState };
    const done = await call('good', good);
    expect(done).not.toContain('isError');
    expect(done).not.toContain('input_required');
    expect(await call('used', good)).toContain('was used already');
    expect(writes()).toHaveLength(1);
    await raw.end();
  });

  // A machine under load may be as slow as a person.
  it('that answer faster than a person can read get a preview', { retry: 2 }, async () => {
    const raw = startRaw(at.bridge());
    const args = { name: DELETE, arguments: { id: invoice() } };
    raw.send(line('ask', args));
    const { requestState } = JSON.parse(await raw.lineWith('"id":"ask"')).result;
    raw.send(line('fast', { ...args, inputResponses: ACCEPT, requestState }));
    expect(await raw.lineWith('"id":"fast"')).toContain('\\"done\\":false');
    await raw.end();
    expect(writes()).toEqual([]);
  });
});

describe('While a question is open,', () => {
  it('the end of stdin ends the call before all others and then the program, and nothing is sent', async () => {
    const raw = startRaw(at.bridge());
    const capabilities = { elicitation: {} };
    const clientInfo = { name: 'raw', version: '1' };
    raw.send(legacyLine('1', 'initialize', { protocolVersion: '2025-06-18', capabilities, clientInfo }));
    await raw.lineWith('"id":"1"');
    // A read that hangs is given a second more to end, a write that was sent five.
    at.other.set({ remote: { state: 'hang' } });
    raw.send(legacyLine('read', 'tools/call', { name: 'lucanto_explain_vat', arguments: { country: 'sk' } }));
    raw.send(legacyLine('2', 'tools/call', { name: DELETE, arguments: { id: invoice() } }));
    const asked = await raw.lineWith('elicitation/create');
    expect(JSON.parse(asked).id).toBeGreaterThan(0);
    expect(await raw.end()).toBe(0);
    const ended = raw.lines.flatMap((line) => /"id":"(2|read)"/.exec(line)?.[1] ?? []);
    expect(ended).toEqual(['2', 'read']);
    expect(raw.lines.find((line) => line.includes('"id":"2"'))).toContain('\\"cancelled\\"');
    expect(writes().filter((write) => !write.includes('explain_vat'))).toEqual([]);
  });

  it('an error as the answer, or an answer without the form, does not count as yes', async () => {
    const raw = startRaw(at.bridge());
    const capabilities = { elicitation: {} };
    const clientInfo = { name: 'raw', version: '1' };
    raw.send(legacyLine('1', 'initialize', { protocolVersion: '2025-11-25', capabilities, clientInfo }));
    await raw.lineWith('"id":"1"');
    const replies = [
      { error: { code: -32601, message: 'Method not found' } },
      { result: { action: 'accept', content: { confirm: 'no' } } },
      { result: { action: 'perhaps' } },
    ];
    for (const [index, reply] of replies.entries()) {
      const id = `call-${index}`;
      raw.send(legacyLine(id, 'tools/call', { name: DELETE, arguments: { id: invoice() } }));
      const last = await nextQuestion(raw.lines, index);
      await new Promise((resolve) => setTimeout(resolve, 1_000));
      raw.send(JSON.stringify({ jsonrpc: '2.0', id: last, ...reply }));
      expect(await raw.lineWith(`"id":"${id}"`)).toContain('\\"done\\":false');
    }
    await raw.end();
    expect(writes()).toEqual([]);
  });
});

async function nextQuestion(lines: readonly string[], index: number): Promise<number> {
  for (;;) {
    const found = lines.filter((line) => line.includes('elicitation/create'))[index];
    if (found !== undefined) return JSON.parse(found).id;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
