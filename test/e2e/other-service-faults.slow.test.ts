/** The other Lucanto where it answers with errors, or with what is no answer. */
import { describe, expect, it } from 'vitest';
import { FAILURES } from '../fixtures/other-lucanto/errors.ts';
import type { OtherChanges } from '../fixtures/other-lucanto/options.ts';
import { connect } from '../helpers/mcp.ts';
import { useOtherHome } from '../helpers/other-home.ts';
import { run } from '../helpers/run.ts';

const at = useOtherHome();

describe('A failure of the service', () => {
  it.each(FAILURES)(
    'named $name ($status) becomes an error that says what to do',
    async ({ id, error, status, message }) => {
      await at.loggedIn(at.other.tokens.manage);
      const { stdout, stderr, exitCode } = await run(
        ['call', 'lucanto_get_contact', '--arg', `id=${id}`],
        at.bridge({ LUCANTO_TIMEOUT: '8' }),
      );
      expect(exitCode).toBe(error === 'unauthenticated' ? 3 : exitCode);
      expect(exitCode).not.toBe(0);
      const shown = JSON.parse(stdout === '' ? '{}' : stdout);
      const all = `${stdout}${stderr}`;
      expect(all).toMatch(/hint/);
      if (error !== undefined) {
        expect(shown).toMatchObject({ error, status });
        expect(shown.request_id).toMatch(/^[\da-f-]{36}$/);
        expect(all).toContain(message);
      }
      expect(all).not.toContain('<html>');
    },
  );

  const create = () =>
    run(
      ['call', 'lucanto_create_contact', '--arg', 'name=A', '--arg', `workspace_id=${at.other.workspaceIds[0]}`],
      at.bridge(),
    );
  const creates = () => at.other.requests.filter(({ method, path }) => method === 'POST' && path.endsWith('/contacts'));

  it('that comes before anything was done is retried, a POST with the key of its first attempt', async () => {
    await at.loggedIn(at.other.tokens.manage);
    at.other.set({ failNext: ['rate_limited'] });
    expect((await create()).exitCode).toBe(0);
    expect(creates()).toHaveLength(2);
    expect(new Set(creates().map(({ headers }) => headers['idempotency-key'])).size).toBe(1);
  });

  it.each(['unavailable', 'bad_gateway'] as const)(
    'that the service does not remember under a key is not repeated by itself: %s',
    async (failure) => {
      await at.loggedIn(at.other.tokens.manage);
      at.other.set({ failNext: [failure] });
      const { stdout, exitCode } = await create();
      expect(exitCode).toBe(1);
      expect(JSON.parse(stdout)).toMatchObject({ outcome: 'unknown' });
      expect(stdout).toMatch(/Check with lucanto_list_contacts first.*does not remember such failures under a key/);
      expect(creates()).toHaveLength(1);
    },
  );
});

describe('The remote endpoint', () => {
  const speaks: readonly OtherChanges['remote'][] = [
    { answers: 'json', era: 'legacy' },
    { answers: 'sse', era: 'legacy' },
    { answers: 'json', era: 'modern' },
    { answers: 'sse', era: 'modern' },
  ];
  it.each(speaks)('works through the bridge with %o', async (remote) => {
    at.other.set({ remote: { ...remote, catalogue: 'wide' } });
    await at.login(at.other.tokens.manage, { LUCANTO_BACKEND: 'remote' });
    at.other.clear();
    const session = await connect('v2 auto', at.bridge({ LUCANTO_BACKEND: 'remote' }));
    expect((await session.listTools()).length).toBeGreaterThan(30);
    const result = await session.callTool('lucanto_create_project', { title: 'Ďalší' });
    expect(result).toMatchObject({ isError: false });
    expect(result.text).toContain('"title":"Ďalší"');
    expect(at.other.requests.filter(({ path }) => path.includes('/projects'))).toEqual([]);
    const id = at.other.ids('projects').at(-1);
    expect((await session.callTool('lucanto_archive_project', { id })).text).toContain(`"id":${id}`);
    await session.close();
  });

  const faults = [
    'accepted',
    'wrong-id',
    'cut-stream',
    'invalid-json',
    'html',
    'unauthorised',
    'forbidden',
    'down',
    'missing',
  ] as const;
  it.each(faults)('that answers a call with %s gives an error at once, and is never sent twice', async (state) => {
    await at.loggedIn(at.other.tokens.manage);
    const session = await connect('v1', at.bridge());
    await session.listTools();
    at.other.set({ remote: { state } });
    at.other.clear();
    const result = await session.callTool('lucanto_reconcile_payments', { workspace_id: at.other.workspaceIds[0] });
    expect(result.isError).toBe(true);
    expect(JSON.parse(result.text)).toMatchObject({
      error: expect.any(String),
      message: expect.any(String),
      hint: expect.any(String),
    });
    expect(result.structuredContent).toBeUndefined();
    expect(at.other.requests.filter(({ text }) => text.includes('"tools/call"')).length).toBeLessThan(2);
    await session.close();
  });

  it('that never answers gets an error within the time limit', async () => {
    await at.loggedIn(at.other.tokens.manage);
    at.other.set({ remote: { state: 'hang' } });
    const session = await connect('v1', at.bridge({ LUCANTO_TIMEOUT: '2' }));
    const result = await session.callTool('lucanto_explain_vat', { country: 'sk' });
    expect(result.isError).toBe(true);
    await session.close();
  });
});
