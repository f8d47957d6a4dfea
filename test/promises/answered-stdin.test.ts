/** Every message on stdin is answered: odd beginnings, ids, arguments, lines that are too long, a folder that is gone. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type DemoService, startDemo } from '../../src/demo/demo-server.ts';
import { runToEnd } from '../helpers/child.ts';
import { HANDSHAKE, startRaw } from '../helpers/mcp.ts';
import { modernLine } from '../helpers/modern.ts';
import { meetService } from '../helpers/rpc-bridge.ts';
import { BIN, type Finished, type Home, NODE_IN_SHELL, run, temporaryHome } from '../helpers/run.ts';

let demo: DemoService;
let home: Home;
let env: Record<string, string>;

// One home for all: what the first bridge learned of the service, the others need not ask for.
beforeAll(async () => {
  demo = await startDemo({ port: 0, generation: 'workspaces', clock: Date.now });
  home = await temporaryHome();
  env = { LUCANTO_URL: demo.url, LUCANTO_TOKEN: demo.tokens.manage };
  await meetService({ home, env });
});
afterAll(async () => {
  await demo.close();
  await home.remove();
});

function serve(stdin: string): Promise<Finished> {
  return run(['serve'], { home, env, stdin });
}

/** Past the handshake and a first list, which says what the token may do. */
const greeted = (line: string) =>
  `${[...HANDSHAKE, '{"jsonrpc":"2.0","id":"list","method":"tools/list"}', line].join('\n')}\n`;
const call = (id: string, args: string) =>
  `{"jsonrpc":"2.0","id":${id},"method":"tools/call","params":{"name":"lucanto_list_invoices","arguments":${args}}}`;

describe('a byte order mark before the first line', () => {
  it.each([
    ['initialize', HANDSHAKE[0], '"id":"hello"'],
    ['server/discover', modernLine('d', 'server/discover'), '"id":"d"'],
    ['ping', '{"jsonrpc":"2.0","id":"p","method":"ping"}', '"id":"p"'],
  ])('does not keep %s from its answer, and is named on stderr', async (_method, line, id) => {
    const { stdout, stderr } = await serve(`\ufeff${line}\n`);
    expect(stdout).toContain(id);
    expect(stdout).toContain('"result"');
    expect(stderr).toContain('byte order mark');
  });
});

describe('parameters that do not fit', () => {
  it.each([
    ['completion/complete', '{}', 'params.ref is not valid, params.argument is missing'],
    ['completion/complete', '{"ref":{"type":"ref/tool"},"argument":"x"}', 'params.ref is not valid'],
    ['prompts/get', '{"name":"x","arguments":{"a":5}}', 'params.arguments.a must be text'],
    ['resources/read', '{"uri":7}', 'params.uri must be text'],
    ['tools/list', '{"cursor":{}}', 'params.cursor must be text'],
    ['tools/call', '{"name":"lucanto_list_invoices","arguments":[]}', 'params.arguments must be an object'],
    ['tools/call', '{"arguments":{}}', 'params.name is missing'],
  ])('are an error of the caller, in words: %s %s', async (method, params, words) => {
    const { stdout } = await serve(greeted(`{"jsonrpc":"2.0","id":"c","method":"${method}","params":${params}}`));
    const answer = stdout.split('\n').find((line) => line.includes('"id":"c"')) ?? '{}';
    const { code, message } = JSON.parse(answer).error;
    expect([code, message]).toEqual([-32602, expect.stringContaining(words)]);
    expect(message).toMatch(/^The request does not fit the protocol: [^[{]+[.]$/);
  });
});

describe('arguments of a call', () => {
  it.each([
    ['are null', 'null', '"arguments": null'],
    ['are the text of an object', JSON.stringify('{"workspace_id":42,"limit":1}'), 'as text'],
    ['are an empty text', '""', 'as text'],
  ])('may be odd: they %s', async (_what, args, warning) => {
    const { stdout, stderr } = await serve(greeted(call('"c"', args)));
    const answer = stdout.split('\n').find((line) => line.includes('"id":"c"'));
    expect(answer).toContain('"content"');
    expect(answer).not.toContain('"error":{"code"');
    expect(stderr).toContain(warning);
  });

  it('reach the service when they are the text of an object', async () => {
    const session = startRaw({ home, env });
    session.send(greeted(call('"c"', JSON.stringify('{"workspace_id":42,"limit":1}'))));
    expect(await session.lineWith('"id":"c"')).toContain('has_more');
    session.kill();
  });

  it.each(['tools/list', 'ping', 'prompts/list'])('and parameters may be null: %s', async (method) => {
    const { stdout, stderr } = await serve(greeted(`{"jsonrpc":"2.0","id":"p","method":"${method}","params":null}`));
    expect(stdout.split('\n').find((line) => line.includes('"id":"p"'))).toContain('"result"');
    expect(stderr).toContain('"params": null');
  });

  it('of a prompt may be null too', async () => {
    const line = '{"jsonrpc":"2.0","id":"g","method":"prompts/get","params":{"name":"review_drafts","arguments":null}}';
    expect((await serve(greeted(line))).stdout).toContain('"messages"');
  });

  it.each(['7', '"no object"', '[1]'])('of another kind get an error under their id: %s', async (args) => {
    const { stdout } = await serve(greeted(call('"c"', args)));
    expect(stdout.split('\n').find((line) => line.includes('"id":"c"'))).toMatch(/error|isError/);
  });
});

describe('an id of 2^53 and more', () => {
  it.each([
    ['ping', '9007199254740993', '{"jsonrpc":"2.0","id":9007199254740993,"method":"ping"}', '"result"'],
    ['a call', '18446744073709551615', call('18446744073709551615', '{"workspace_id":42}'), '"content"'],
    ['an unknown method', '-9007199254740995', '{"jsonrpc":"2.0","id":-9007199254740995,"method":"x/y"}', '-32601'],
  ])('comes back digit by digit under %s', async (_what, id, line, part) => {
    const { stdout, stderr } = await serve(greeted(line));
    const answer = stdout.split('\n').find((one) => one.includes(`"id":${id}`));
    expect(answer).toContain(part);
    expect(stderr).toContain('2^53');
  });

  it('is told apart from its neighbours', async () => {
    const ids = ['9007199254740992', '9007199254740993', '9007199254740994'];
    const pings = ids.map((id) => `{"jsonrpc":"2.0","id":${id},"method":"ping"}`);
    const { stdout } = await serve(greeted(pings.join('\n')));
    for (const id of ids) expect(stdout.split('\n').filter((line) => line.includes(`"id":${id}`))).toHaveLength(1);
  });
});

describe('a line over 16 MiB', () => {
  const filler = 'x'.repeat(17 * 1024 * 1024);
  const params = `"params":{"name":"lucanto_list_invoices","arguments":{"q":"${filler} \\"id\\":5"}}`;
  it.each([
    ['first', '"early"', `{"jsonrpc":"2.0","id":"early","method":"tools/call",${params}}`],
    ['last', '77', `{"method":"tools/call",${params},"jsonrpc":"2.0","id":77}`],
    ['beyond 2^53', '9007199254740993', `{"method":"tools/call",${params},"jsonrpc":"2.0", "id" : 9007199254740993 }`],
    ['missing', 'null', `{"method":"tools/call",${params},"jsonrpc":"2.0"}`],
    ['in a batch', 'null', `[{"jsonrpc":"2.0","id":3,"method":"tools/call",${params}}]`],
  ])('is refused under its id where that stands %s', async (_where, id, line) => {
    const { stdout, stderr } = await serve(greeted(`${line}\n{"jsonrpc":"2.0","id":"next","method":"ping"}`));
    const refusal = stdout.split('\n').find((one) => one.includes('-32600'));
    expect(refusal).toContain(`"id":${id},`);
    expect(refusal).toContain('16777216');
    expect(stdout).toContain('"id":"next"');
    expect(stderr).toContain('a message on stdin was refused');
  });
});

describe('a working folder that is gone', () => {
  it.each([
    ['--version', /^\d+\.\d+\.\d+\n$/],
    ['--help', /login/],
    ['status --json', /"origin"/],
    ['tools --json', /lucanto_list_invoices/],
    ['--demo call lucanto_list_workspaces', /"id":42/],
    ['history --json', /\[|\{/],
  ])('does not keep `%s` from its work', async (line, shown) => {
    const folder = await mkdtemp(join(tmpdir(), 'lucanto-gone-'));
    // The shell is in the folder when it goes, and the program inherits that.
    const script = `rmdir '${folder}' && exec ${NODE_IN_SHELL} '${BIN}' ${line}`;
    const { stdout, stderr } = await runToEnd('/bin/sh', ['-c', script], { cwd: folder, env: home.env });
    await rm(folder, { recursive: true, force: true });
    expect(stderr).not.toContain('uv_cwd');
    expect(stdout).toMatch(shown);
  });

  it('does not keep the server from answering', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'lucanto-gone-'));
    const script = `rmdir '${folder}' && exec ${NODE_IN_SHELL} '${BIN}'`;
    const { stdout } = await runToEnd(
      '/bin/sh',
      ['-c', script],
      { cwd: folder, env: { ...home.env, ...env } },
      greeted('{"jsonrpc":"2.0","id":"t","method":"tools/list"}'),
    );
    expect(stdout).toContain('lucanto_list_invoices');
  });
});

describe('a request of a version that is not supported', () => {
  const meta = (version: string) => modernLine('v', 'tools/list').replace('2026-07-28', version);
  const NAMED = /"id":"v".*-32022.*"supported":\["2026-07-28"\],"requested":"20/;

  it.each(['2099-01-01', '2025-11-25'])('is refused also after others of the current one: %s', async (version) => {
    for (const first of ['server/discover', 'tools/list', 'prompts/list']) {
      const { stdout } = await serve(`${modernLine('a', first)}\n${meta(version)}\n`);
      const lines = stdout.split('\n');
      expect(lines.find((line) => line.includes('"id":"a"'))).toContain('"result"');
      expect(lines.find((line) => line.includes('"id":"v"'))).toMatch(NAMED);
    }
  });

  it('has an answer where a handshake came first, which settled the version', async () => {
    const { stdout } = await serve(`${HANDSHAKE.join('\n')}\n${meta('2099-01-01')}\n`);
    expect(stdout.split('\n').some((line) => line.includes('"id":"v"'))).toBe(true);
  });
});
