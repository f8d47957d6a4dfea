/** A service without a list of workspaces: a key can be stored, and what needs a workspace says how to name it. */
import { afterEach, expect, it } from 'vitest';
import { type Home, run, temporaryHome } from '../helpers/run.ts';
import { documentOf, id, object, ok, rows } from './parts.ts';
import { serveDocument } from './service.ts';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

const RATES = { '/rates': { get: rows(object({ id })) } };
const TENANTS = {
  '/c/{company_id}/invoices': { get: rows(object({ id })) },
  '/c/{company_id}/payments': { get: rows(object({ id })) },
  '/c/{company_id}/taxes/{tax_id}': { get: ok(object({ id })) },
};

async function opened(
  paths: object,
  status: number,
): Promise<{ home: Home; env: Record<string, string>; paths: string[] }> {
  const asked: string[] = [];
  const service = await serveDocument(JSON.stringify(documentOf(paths)), (request, response) => {
    asked.push(request.url ?? '');
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(status === 200 ? '{"data":[{"id":"7"}]}' : '{"error":"unauthorized","message":"No."}');
  });
  const home = await temporaryHome();
  closing.push(
    () => home.remove(),
    () => service.close(),
  );
  return { home, env: { LUCANTO_URL: service.url, LUCANTO_SCOPES: 'read:*' }, paths: asked };
}

const stdin = 'lct_pat_abcdefghij\n';

it('a key is stored after another list was read with it, and refused where that list refuses it', async () => {
  const good = await opened(RATES, 200);
  const login = await run(['login'], { ...good, stdin });
  expect([login.exitCode, good.paths]).toEqual([0, ['/api/v1/rates']]);
  expect((await run(['call', 'lucanto_list_rates'], good)).stdout).toContain('"7"');
  expect((await run(['doctor'], good)).stdout).toContain('the service has no list of companies');
  const bad = await opened(RATES, 401);
  const refused = await run(['login'], { ...bad, stdin });
  expect(refused.exitCode).toBe(3);
});

it('what needs a company is asked for it, and takes it as the hint says', async () => {
  const service = await opened(TENANTS, 200);
  expect((await run(['login'], { ...service, stdin })).exitCode).toBe(0);
  const without = await run(['call', 'lucanto_list_invoices'], service);
  expect(without.exitCode).toBe(1);
  expect(without.stderr).toMatch(/workspace_id|--workspace/);
  service.paths.length = 0;
  expect((await run(['call', 'lucanto_list_invoices', '--arg', 'workspace_id=42'], service)).exitCode).toBe(0);
  expect((await run(['call', 'lucanto_list_invoices', '--workspace', '42'], service)).exitCode).toBe(0);
  expect(service.paths).toEqual(['/api/v1/c/42/invoices', '/api/v1/c/42/invoices']);
});
