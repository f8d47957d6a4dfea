/** The configured token is in nothing that leaves the bridge, whatever it looks like and whoever repeats it. */
import { chmod, readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { HANDSHAKE, startRaw } from '../helpers/mcp.ts';
import { type Home, run, temporaryHome } from '../helpers/run.ts';
import { json, listOf, type OddService, oddService, parameters, query } from '../tools/odd-service.ts';

/** No prefix of Lucanto's, and written otherwise in JSON. */
const TOKEN = 'sesame-open"77\\k';
const inJson = (text: string) => JSON.stringify(text).slice(1, -1);
const WRITTEN = [TOKEN, inJson(TOKEN), inJson(inJson(TOKEN))];
const LIST = 'lucanto_list_widgets';
const each = (write: (code: number) => string) => [...TOKEN].map((char) => write(char.charCodeAt(0))).join('');
const hex = (code: number) => code.toString(16).padStart(2, '0');
const inBase64 = (text: string) => Buffer.from(text).toString('base64');
/** As services write characters in addresses, texts of programs and HTML, and in more than one layer. */
const SPELLED = [
  each((code) => `%${hex(code)}`),
  each((code) => `%25${hex(code).toUpperCase()}`),
  each((code) => `\\u00${hex(code)}`),
  each((code) => `\\x${hex(code)}`),
  each((code) => `&#x${hex(code)};`),
  each((code) => `&amp;#${code};`),
  each((code) => (code % 2 === 0 ? `%${hex(code)}` : String.fromCharCode(code))),
  inBase64(inBase64(`user:${TOKEN}`)),
  TOKEN.toUpperCase(),
];

let home: Home;
let odd: OddService;
beforeEach(async () => {
  home = await temporaryHome();
  const widget = { type: 'object', properties: { id: { type: 'string' }, name: { type: 'string' } } };
  const at = '/workspaces/{workspace_id}/widgets';
  const paths = {
    [at]: {
      parameters: parameters('workspace_id'),
      get: { parameters: query('limit', 'cursor'), responses: { 200: listOf(widget.properties) } },
      post: {
        operationId: 'create-widget',
        requestBody: { content: { 'application/json': { schema: widget } } },
        responses: { 201: json(widget) },
      },
    },
    [`${at}/{id}`]: { parameters: parameters('workspace_id', 'id'), get: { responses: { 200: json(widget) } } },
  };
  // A service that repeats whatever it was sent, the token too.
  odd = await oddService(paths, ({ method, path, headers }) => {
    const said = String(headers.authorization);
    if (method === 'POST') return { status: 201, json: { id: said.slice(7), number: said.slice(7), name: said } };
    if (path.endsWith('/8')) return { json: { id: 'w-8', name: SPELLED.join(' '), notes: SPELLED } };
    if (path.endsWith('/7')) return { status: 422, json: { error: 'odd', message: 'No.', errors: SPELLED } };
    if (path.endsWith('/9')) return { status: 404, json: { error: 'not_found', message: `No widget for ${said}` } };
    return { json: { data: [{ id: 'w-1', name: said.slice(7) }] } };
  });
});
afterEach(async () => {
  await odd.close();
  await home.remove();
});

function without(text: string): string {
  for (const one of WRITTEN) expect(text).not.toContain(one);
  return text;
}

const env = (more: Record<string, string>) => ({ LUCANTO_URL: odd.url, LUCANTO_SCOPES: 'manage:*', ...more });

describe('The token', () => {
  it.each(['a variable', 'a file', 'the store'])('from %s is in no output of a command', async (from) => {
    const file = join(home.dir, 'token');
    await writeFile(file, `${TOKEN}\n`, { mode: 0o600 });
    if (from === 'the store') {
      const folder = join(home.configDir, 'profiles');
      await run(['login', '--no-verify'], { home, env: env({}), stdin: 'lct_pat_other\n' });
      const path = join(folder, 'profile-default.json');
      const profile = { version: 1, origin: odd.url, token: TOKEN, savedAt: '', verified: true, kind: 'unknown' };
      await writeFile(path, JSON.stringify({ ...profile, workspaces: [] }));
    }
    const given = from === 'a variable' ? { LUCANTO_TOKEN: TOKEN } : { LUCANTO_TOKEN_FILE: file };
    const own = env({ LUCANTO_LOG_LEVEL: 'debug', ...(from === 'the store' ? {} : given) });
    const outputs = [
      await run(['call', LIST], { home, env: own }),
      await run(['call', 'lucanto_get_widget', '--arg', 'id=9'], { home, env: own }),
      await run(['call', 'lucanto_create_widget', '--arg', 'name=A'], { home, env: own }),
      await run(['status', '--json'], { home, env: own }),
      await run(['tools', '--all'], { home, env: own }),
    ];
    for (const { stdout, stderr } of outputs) without(`${stdout}${stderr}`);
    expect(outputs[0]?.stdout).toContain('[token]');
    expect(outputs[1]?.stdout).toContain('[token]');
    if (from === 'a file') return;
    const history = await run(['history', '--json'], { home, env: own });
    expect(without(history.stdout)).toContain('"number":"[token]"');
  });

  it('is in no answer to a client, and in no line of its log', async () => {
    const session = startRaw({ home, env: env({ LUCANTO_TOKEN: TOKEN, LUCANTO_LOG_LEVEL: 'debug' }) });
    for (const line of HANDSHAKE) session.send(line);
    const call = (id: string, name: string, args: object) =>
      session.send(JSON.stringify({ jsonrpc: '2.0', id, method: 'tools/call', params: { name, arguments: args } }));
    session.send('{"jsonrpc":"2.0","id":"tools","method":"tools/list"}');
    await session.lineWith('"id":"tools"');
    call('one', LIST, {});
    call('two', 'lucanto_get_widget', { id: 9 });
    call('three', 'lucanto_create_widget', { name: 'A' });
    for (const id of ['one', 'two', 'three']) expect(await session.lineWith(`"id":"${id}"`)).toContain('[token]');
    await session.end();
    without(session.lines.join('\n'));
    without(session.stderr());
  });
});

describe('The token in another spelling', () => {
  it('is in no answer, no error, no saved file and no record of writes', async () => {
    const own = env({ LUCANTO_TOKEN: TOKEN, LUCANTO_LOG_LEVEL: 'debug', LUCANTO_FILES: join(home.dir, 'files') });
    const outputs = [
      await run(['call', 'lucanto_get_widget', '--arg', 'id=8'], { home, env: own }),
      await run(['call', 'lucanto_get_widget', '--arg', 'id=7'], { home, env: own }),
      await run(['call', 'lucanto_create_widget', '--arg', `name=${SPELLED.join(' ')}`], { home, env: own }),
      await run(['history', '--json'], { home, env: own }),
    ];
    const session = startRaw({ home, env: own });
    for (const line of HANDSHAKE) session.send(line);
    const call = { name: 'lucanto_get_widget', arguments: { id: '8' } };
    session.send(JSON.stringify({ jsonrpc: '2.0', id: 'one', method: 'tools/call', params: call }));
    const answer = await session.lineWith('"id":"one"');
    await session.end();
    const all = [answer, ...outputs.map(({ stdout, stderr }) => `${stdout}${stderr}`)].join('\n');
    for (const one of SPELLED)
      for (const form of [one, inJson(one), inJson(inJson(one))]) expect(all).not.toContain(form);
    expect(JSON.parse(outputs[0]?.stdout ?? '').notes).toEqual(SPELLED.map(() => expect.stringContaining('[token]')));
  });
});

describe.runIf(process.platform !== 'win32')('A file on disk', () => {
  const others = async (path: string) => (await stat(path)).mode & 0o077;

  it('of the profile or the cache that other users can read is made private when it is read', async () => {
    expect(await run(['login'], { home, env: env({}), stdin: 'lct_pat_anything\n' })).toMatchObject({ exitCode: 0 });
    const cache = join(home.configDir, 'cache');
    const [key = ''] = await readdir(cache);
    const files = (await readdir(join(cache, key))).map((name) => join(cache, key, name));
    const profiles = join(home.configDir, 'profiles');
    const all = [home.configDir, profiles, join(profiles, 'profile-default.json'), cache, join(cache, key), ...files];
    expect(files.length).toBeGreaterThan(0);
    for (const path of all) await chmod(path, (await stat(path)).isDirectory() ? 0o777 : 0o644);
    await run(['status'], { home, env: env({}) });
    for (const path of all) expect([path, await others(path)]).toEqual([path, 0]);
  });
});
