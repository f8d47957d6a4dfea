import { fork, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };
import { NOTICES_FILE } from '../../scripts/third-party.ts';
import { SETTINGS, TOKEN_VARIABLE } from '../../src/config/settings.ts';
import { type DemoProcess, startDemoProcess } from '../helpers/demo-process.ts';
import { HANDSHAKE } from '../helpers/mcp.ts';
import { type Home, run, temporaryHome } from '../helpers/run.ts';
import { type MadeBundle, makeBundle, type Start, type UserConfig } from './made-bundle.ts';

const HOST = fileURLToPath(new URL('../fixtures/app-host.mjs', import.meta.url));

let bundle: MadeBundle;
let home: Home;
let demo: DemoProcess;
beforeAll(async () => {
  home = await temporaryHome();
  [bundle, demo] = await Promise.all([makeBundle(), startDemoProcess(home)]);
}, 120_000);
afterAll(async () => {
  await demo.stop();
  bundle.remove();
  await home.remove();
});

/** As an app starts it: a bare environment, and the manifest's own variables. Only the address is the demo's. */
async function startOf(userConfig: UserConfig): Promise<Start> {
  const start = await bundle.startOf(userConfig);
  if (start === null) throw new Error('the app would not start it');
  return { ...start, env: { ...home.env, LUCANTO_URL: demo.url, ...start.env } };
}

interface Connected {
  readonly client: Client;
  readonly stderr: () => string;
}

async function connected(userConfig: UserConfig): Promise<Connected> {
  const { command, args, env } = await startOf(userConfig);
  const transport = new StdioClientTransport({ command, args: [...args], env: { ...env }, cwd: '/', stderr: 'pipe' });
  let said = '';
  transport.stderr?.on('data', (part) => {
    said += String(part);
  });
  const client = new Client({ name: 'claude-ai', version: '0.1.0' });
  await client.connect(transport);
  return { client, stderr: () => said };
}

async function toolsOf(userConfig: UserConfig): Promise<{ all: string[]; writing: string[]; pinned: boolean }> {
  const { client, stderr } = await connected(userConfig);
  const { tools } = await client.listTools();
  const said = `${JSON.stringify(tools)}${client.getInstructions()}${stderr()}`;
  await client.close();
  expect(said).not.toContain(demo.token);
  return {
    all: tools.map(({ name }) => name),
    writing: tools.filter(({ annotations }) => annotations?.readOnlyHint !== true).map(({ name }) => name),
    pinned: !tools.some(({ inputSchema }) => Object.hasOwn(inputSchema.properties ?? {}, 'workspace_id')),
  };
}

/** The first id in an answer. */
function idIn(content: unknown): string {
  const id = /"id":"?([\w-]+)/.exec(JSON.stringify(content).replaceAll('\\', ''))?.[1];
  if (id === undefined) throw new Error(`no id in ${JSON.stringify(content)}`);
  return id;
}

/** The demo's first one. */
const WORKSPACE = '42';

describe('The bundle', () => {
  it('passes `mcpb validate`', async () => {
    expect(await bundle.validate()).toContain('Manifest schema validation passes!');
  });

  it('is named after its version, and `npm run bundle` prints its size and checksum', () => {
    expect(basename(bundle.file)).toBe(`lucanto-mcp-${packageJson.version}.mcpb`);
    const archive = readFileSync(bundle.file);
    const sha256 = createHash('sha256').update(archive).digest('hex');
    expect(bundle.printed).toContain(`${Math.ceil(archive.length / 1024)} kB`);
    expect(bundle.printed).toContain(`sha256 ${sha256}`);
  });

  it('holds the program, its manifest, icon, README, licence and notices, and nothing else', () => {
    const rest = bundle.contents.filter((path) => !/^dist\/[\w.-]+[.]cjs$/.test(path));
    expect(rest).toEqual([
      'LICENSE',
      'README.md',
      'bin/lucanto-mcp.js',
      'bin/package.json',
      `dist/${NOTICES_FILE}`,
      'dist/ready.txt',
      'icon.png',
      'manifest.json',
      'package.json',
    ]);
    expect(bundle.contents).toEqual(expect.arrayContaining(['dist/check.cjs', 'dist/front.cjs', 'dist/main.cjs']));
  });

  it('is byte for byte the same archive when it is made again', async () => {
    const again = await makeBundle();
    expect(readFileSync(again.file).equals(readFileSync(bundle.file))).toBe(true);
    again.remove();
  }, 60_000);

  it('has an icon of 512 × 512 pixels in less than 20 kB', () => {
    const icon = readFileSync(join(bundle.folder, bundle.manifest.icon ?? ''));
    expect(icon.subarray(1, 4).toString()).toBe('PNG');
    expect([icon.readUInt32BE(16), icon.readUInt32BE(20)]).toEqual([512, 512]);
    expect(icon.length).toBeLessThan(20_000);
  });

  it('asks for the token as a secret, and requires no other field of its form', () => {
    const form = bundle.manifest.user_config ?? {};
    expect(form.token).toMatchObject({ type: 'string', sensitive: true, required: true });
    expect(form.read_only).toMatchObject({ type: 'boolean', default: true });
    expect(form.workspace).toMatchObject({ type: 'string', default: '' });
    expect(form.files).toMatchObject({ type: 'directory' });
    expect(Object.keys(form).filter((key) => form[key]?.required === true)).toEqual(['token']);
  });

  it('sets only variables of the settings table: a profile of its own, and one for each field of its form', () => {
    const { env = {} } = bundle.manifest.server.mcp_config;
    const known: readonly string[] = [TOKEN_VARIABLE, ...Object.values(SETTINGS)].map(({ variable }) => variable);
    expect(Object.keys(env).filter((variable) => !known.includes(variable))).toEqual([]);
    const fields = Object.keys(bundle.manifest.user_config ?? {}).map((key) => `\${user_config.${key}}`);
    const { LUCANTO_PROFILE, ...filled } = env;
    expect(LUCANTO_PROFILE).toBe('claude-desktop-bundle');
    expect(Object.values(filled).sort()).toEqual(fields.sort());
  });
});

describe('The bundle, started as its manifest says,', () => {
  it('is not started by an app without a token', async () => {
    expect(await bundle.startOf({ read_only: true })).toBeNull();
  });

  it('only reads, in every workspace, when the user filled in the token alone', async () => {
    const { all, writing, pinned } = await toolsOf({ token: demo.token });
    expect(all).toContain('lucanto_list_invoices');
    expect(writing).toEqual([]);
    expect(pinned).toBe(false);
  });

  it('has tools that write once the user switches read-only off', async () => {
    const { writing } = await toolsOf({ token: demo.token, read_only: false });
    expect(writing).toEqual(expect.arrayContaining(['lucanto_create_invoice', 'lucanto_delete_invoice']));
  });

  it('reaches only the workspace that the form names', async () => {
    expect((await toolsOf({ token: demo.token, workspace: WORKSPACE })).pinned).toBe(true);
  });

  it('does not use what `login` stored on the same computer', async () => {
    const stored = { ...home.env, LUCANTO_URL: demo.url };
    expect((await run(['login'], { home, env: stored, stdin: `${demo.token}\n` })).exitCode).toBe(0);
    const start = await startOf({ token: 'lct_pat_of_the_form' });
    // Without the demo's address. Nobody listens at the proxy's: nothing leaves this computer.
    const variables = Object.entries(start.env).filter(([name]) => name !== 'LUCANTO_URL');
    const env = { ...Object.fromEntries(variables), HTTPS_PROXY: 'http://127.0.0.1:9' };
    const told = (args: readonly string[]) =>
      spawnSync(start.command, [...start.args, ...args], { env, encoding: 'utf8' }).stdout;
    expect(JSON.parse(told(['status', '--json']))).toMatchObject({
      origin: 'https://app.lucanto.eu',
      token: { source: 'environment' },
    });
    expect(told(['status', '--json'])).not.toContain('lct_pat_of_the_form');
  });

  it.each([
    ['in Downloads when the form names no folder', {}, ['Downloads', 'Lucanto']],
    ['in the folder that the form names', { files: 'my papers' }, ['my papers']],
  ])('saves files %s', async (_, { files }: { files?: string }, folder) => {
    const filled = files === undefined ? {} : { files: join(home.dir, files) };
    const { client } = await connected({ token: demo.token, workspace: WORKSPACE, ...filled });
    const listed = await client.callTool({ name: 'lucanto_list_invoices', arguments: { limit: 1, status: 'paid' } });
    const args = { type: 'invoice', id: idIn(listed.content) };
    const saved = await client.callTool({ name: 'lucanto_download_pdf', arguments: args });
    await client.close();
    expect(JSON.stringify(saved.content)).toContain(join(home.dir, ...folder));
    expect(readdirSync(join(home.dir, ...folder))).toEqual([expect.stringMatching(/[.]pdf$/)]);
  });
});

describe('The bundle, loaded inside an app as Claude Desktop does it,', () => {
  it('answers, keeps running while stdin is open, and ends when stdin ends', async () => {
    const { args, env } = await startOf({ token: demo.token });
    const child = fork(HOST, [...args], { cwd: '/', env: { ...env }, stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
    const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
    let output = '';
    let errors = '';
    child.stderr?.on('data', (part) => {
      errors += String(part);
    });
    const answered = (id: string) =>
      new Promise<void>((resolve, reject) => {
        const look = () => output.includes(`"id":"${id}"`) && resolve();
        child.stdout?.on('data', (part) => {
          output += String(part);
          look();
        });
        void ended.then((code) => reject(new Error(`Ended with ${code} before ${id}: ${errors}`)));
      });
    const hello = answered('hello');
    child.send(`${HANDSHAKE.join('\n')}\n`);
    await hello;
    const list = answered('list');
    child.send('{"jsonrpc":"2.0","id":"list","method":"tools/list"}\n');
    await list;
    expect(output).toContain('lucanto_list_invoices');
    child.send('end');
    expect(await ended).toBe(0);
    expect(errors).toBe('');
  });
});
