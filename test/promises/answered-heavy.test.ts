/** Memory stays within a small multiple of the 20 MB that an answer may have, and odd addresses are refused in words. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { crates } from '../helpers/crates.ts';
import { HANDSHAKE, startRaw } from '../helpers/mcp.ts';
import { remoteAnswer } from '../helpers/remote-endpoint.ts';
import { temporaryHome } from '../helpers/run.ts';
import { json, type OddAnswer, oddService, parameters } from '../tools/odd-service.ts';
import { useScenes } from '../tools/opened.ts';

const { later, scene } = useScenes();
const TOKEN = 'lct_pat_heavy_12345';
const RECORD = { type: 'object', properties: { id: { type: 'integer' }, number: { type: 'string' } } };
const PATHS = crates(RECORD, { type: 'object', properties: { number: { type: 'string' } } });

const range = <T>(length: number, of: (at: number) => T) => Array.from({ length }, (_, at) => of(at));
const HEAVY: readonly (readonly [string, string])[] = [
  ['600,000 keys in one object', `{"data":{${range(600_000, (at) => `"k${at}":${at}`).join()}}}`],
  ['500,000 rows', `[${range(500_000, (at) => `{"id":${at},"n":"x"}`).join()}]`],
  ['millions of empty lists', `[${'[],'.repeat(4_000_000)}[]]`],
  ['millions of ids that no double holds', `[${range(900_000, (at) => `9007199254740993${at % 10}`).join()}]`],
];

function peakMegabytes(pid: number | undefined): number {
  return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;
}

describe('An answer of a few megabytes with too many values', () => {
  const bytes = (text: string): OddAnswer => ({ bytes: text, headers: { 'content-type': 'application/json' } });

  it.each(HEAVY)('is told as answer_too_large by a read: %s', async (_what, text) => {
    const service = later(await oddService(PATHS, ({ path }) => (path.endsWith('/crates') ? bytes(text) : null)));
    const { ask } = await scene(service.url, TOKEN, { LUCANTO_SCOPES: 'manage:*' });
    expect((await ask('lucanto_list_crates')).json).toMatchObject({ error: 'answer_too_large' });
  });

  // Only Linux tells the most that a process ever had.
  it.skipIf(process.platform !== 'linux').each(HEAVY)(
    'takes the built bridge at most 160 MB: %s',
    async (_what, text) => {
      const service = later(await oddService(PATHS, ({ path }) => (path.endsWith('/crates') ? bytes(text) : null)));
      const home = await temporaryHome();
      const env = { LUCANTO_URL: service.url, LUCANTO_TOKEN: TOKEN, LUCANTO_SCOPES: 'manage:*' };
      const session = startRaw({ home, env });
      for (const line of HANDSHAKE) session.send(line);
      const call = (id: number) =>
        session.send(`{"jsonrpc":"2.0","id":${id},"method":"tools/call","params":{"name":"lucanto_list_workspaces"}}`);
      call(1);
      await session.lineWith('"id":1');
      const before = peakMegabytes(session.pid);
      session.send('{"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"lucanto_list_crates"}}');
      expect(await session.lineWith('"id":2')).toContain('answer_too_large');
      expect(peakMegabytes(session.pid) - before).toBeLessThan(160);
      await session.end();
      await home.remove();
    },
  );

  it('leaves the outcome of a write unknown', async () => {
    const [, text = ''] = HEAVY[0] ?? [];
    const service = later(await oddService(PATHS, ({ method }) => (method === 'POST' ? bytes(text) : null)));
    const { ask } = await scene(service.url, TOKEN, { LUCANTO_SCOPES: 'manage:*' });
    const { json: answer } = await ask('lucanto_create_crate', { number: '1' });
    expect(answer).toMatchObject({ error: 'answer_too_large', outcome: 'unknown' });
  });

  it.each([
    ['whole', (message: string) => bytes(message)],
    [
      'in a stream of events',
      (message: string): OddAnswer => ({
        bytes: `event: message\ndata: ${message}\n\n`,
        headers: { 'content-type': 'text/event-stream' },
      }),
    ],
  ])('is told as answer_too_large when the remote endpoint sends it %s', async (_how, wrapped) => {
    const [, text = ''] = HEAVY[1] ?? [];
    const tools = () => [
      { name: 'lucanto_count_crates', inputSchema: { type: 'object' }, annotations: { readOnlyHint: true } },
    ];
    const service = later(
      await oddService({}, (request) => {
        const message =
          request.path === '/api/mcp/v1' && request.method === 'POST' ? JSON.parse(String(request.body)) : {};
        if (message.method !== 'tools/call') return remoteAnswer(request, { tools });
        return wrapped(
          `{"jsonrpc":"2.0","id":${message.id},"result":{"content":[],"structuredContent":{"rows":${text}}}}`,
        );
      }),
    );
    const { ask } = await scene(service.url, TOKEN, { LUCANTO_SCOPES: 'manage:*' });
    expect((await ask('lucanto_count_crates')).json).toMatchObject({ error: 'answer_too_large' });
  });
});

describe('An address that is none of the web', () => {
  const PDF_PATHS = {
    '/workspaces/{workspace_id}/invoices/{id}': {
      parameters: parameters('workspace_id', 'id'),
      get: { operationId: 'get-invoice', responses: { 200: json(RECORD) } },
    },
    '/workspaces/{workspace_id}/invoices/{id}/pdf': {
      parameters: parameters('workspace_id', 'id'),
      get: {
        operationId: 'get-invoice-pdf',
        responses: { 200: json({ type: 'object', properties: { url: { type: 'string' } } }) },
      },
    },
  };
  const given = (url: string) => [
    `blob:${url}/0b9c`,
    'data:application/pdf;base64,JVBERi0=',
    'file:///etc/passwd',
    'javascript:alert(1)',
    `filesystem:${url}/temporary/a.pdf`,
  ];

  it.each([0, 1, 2, 3, 4])('is refused as the address of a PDF, not as a defect of ours (%i)', async (which) => {
    const service = later(
      await oddService(PDF_PATHS, ({ path }, url) =>
        path.endsWith('/pdf') ? { json: { url: given(url)[which] } } : { json: { id: 7, number: '1' } },
      ),
    );
    const { ask } = await scene(service.url, TOKEN, { LUCANTO_SCOPES: 'manage:*' });
    const { json: answer } = await ask('lucanto_download_pdf', { type: 'invoice', id: 7 });
    expect(answer.error).toMatch(/^(address_refused|no_address|no_pdf_address|unexpected_answer)$/);
  });

  it.each([0, 2, 4])('is refused as the target of a redirect (%i)', async (which) => {
    const service = later(
      await oddService(PATHS, ({ path }, url) =>
        path.endsWith('/crates') ? { status: 302, headers: { location: String(given(url)[which]) } } : null,
      ),
    );
    const { ask } = await scene(service.url, TOKEN, { LUCANTO_SCOPES: 'manage:*' });
    expect((await ask('lucanto_list_crates')).json).toMatchObject({ error: 'redirect_refused' });
  });
});
