import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { unifiedDiff } from '../../src/cli/setup-preview.ts';
import { editText, planChange } from '../../src/setup/client-file.ts';
import { claudeDesktop } from '../../src/setup/client-table.ts';
import { writeChange } from '../../src/setup/connect-file.ts';
import { recognise } from '../../src/setup/entry.ts';
import { codex } from '../../src/setup/terminal-clients.ts';
import { connectIn, disconnectIn, type FixtureHome, fixtureHome, inspectIn } from './fixture-home.ts';

const homes: FixtureHome[] = [];
afterEach(() => {
  for (const home of homes.splice(0)) home.remove();
});
function homeWith(file: string, text: string): FixtureHome {
  const home = fixtureHome('linux');
  homes.push(home);
  home.write(file, text);
  return home;
}
const DESKTOP = '/home/anna/.config/Claude/claude_desktop_config.json';
const CODEX = '/home/anna/.codex/config.toml';
const entryOf = async (home: FixtureHome) => {
  const inspected = await inspectIn(home, claudeDesktop, DESKTOP);
  return inspected.state === 'readable' ? inspected.entry : null;
};

describe('an earlier entry of ours', () => {
  const earlier = { command: 'npx', args: ['-y', 'lucanto-mcp', '--read-only', '--workspace=7'], autoApprove: ['x'] };

  it('keeps what this run does not mention, in one order, and loses nothing that a user added', async () => {
    const home = homeWith(
      DESKTOP,
      JSON.stringify({ mcpServers: { lucanto: { ...earlier, env: { LUCANTO_TIMEOUT: '20' } } } }),
    );
    const result = await connectIn(home, claudeDesktop, DESKTOP, { flags: { profile: 'default', workspace: '42' } });
    expect(result.notes).toEqual([
      'Kept from the earlier entry: --read-only. To drop that, run `lucanto-mcp setup --remove` first.',
    ]);
    expect(await entryOf(home)).toEqual({
      command: home.place.node,
      args: [home.place.script, '--workspace', '42', '--read-only', '--profile', 'default'],
      autoApprove: ['x'],
      env: { LUCANTO_TIMEOUT: '20' },
    });
    expect(await connectIn(home, claudeDesktop, DESKTOP)).toMatchObject({ outcome: 'unchanged' });
  });

  it('loses its token and the PATH that was for npx', async () => {
    const env = { LUCANTO_TOKEN: 'lct_pat_secret', PATH: '/usr/bin', KEEP: '1' };
    const entry = { command: '/usr/bin/node', args: ['/x/npx-cli.js', '-y', 'lucanto-mcp@0'], env };
    const home = homeWith(DESKTOP, JSON.stringify({ mcpServers: { lucanto: entry } }));
    await connectIn(home, claudeDesktop, DESKTOP, { secrets: ['lct_pat_secret'] });
    expect(await entryOf(home)).toMatchObject({ env: { KEEP: '1' } });
    const folder = dirname(home.disk(DESKTOP));
    for (const name of readdirSync(folder)) expect(readFileSync(`${folder}/${name}`, 'utf8')).not.toContain('secret');
  });

  it('in TOML keeps its other keys and its subtables', async () => {
    const text = `[mcp_servers.lucanto]\ncommand = "npx" # was\nargs = ["lucanto-mcp"]\ntool_timeout_sec = 90\n\n[mcp_servers.lucanto.tools.x]\napproval_mode = "auto"\n`;
    const home = homeWith(CODEX, text);
    await connectIn(home, codex, CODEX);
    expect(readFileSync(home.disk(CODEX), 'utf8')).toBe(
      text.replace('"npx"', '"/usr/bin/node"').replace('"lucanto-mcp"', JSON.stringify(home.place.script)),
    );
  });
});

describe('an entry with the address of the service in TOML', () => {
  it('is replaced where it stands, without a gap', async () => {
    const url = 'url = "https://app.lucanto.eu/api/mcp/v1"';
    const home = homeWith(
      CODEX,
      `[mcp_servers.lucanto] # mine\n${url}\nhttp_headers = { Authorization = "x" }\n\n[a]\nb = 1\n`,
    );
    await connectIn(home, codex, CODEX);
    expect(readFileSync(home.disk(CODEX), 'utf8')).toBe(
      `[mcp_servers.lucanto] # mine\ncommand = "${home.place.node}"\nargs = ["${home.place.script}"]\n\n[a]\nb = 1\n`,
    );
  });
});

describe('a backup', () => {
  it("is closed to others, since it may hold other programs' secrets, and has no token of an entry that is taken out", async () => {
    const env = { LUCANTO_TOKEN: 'lct_pat_secret' };
    const home = homeWith(DESKTOP, JSON.stringify({ mcpServers: { lucanto: { command: 'lucanto-mcp', env } } }));
    await disconnectIn(home, claudeDesktop, DESKTOP);
    const backup = `${home.disk(DESKTOP)}.lucanto-backup`;
    expect(readFileSync(backup, 'utf8')).not.toContain('lct_pat_secret');
    expect(statSync(backup).mode & 0o777).toBe(0o600);
    expect(statSync(home.disk(DESKTOP)).mode & 0o777).toBe(0o644);
  });
});

describe('recognising an entry', () => {
  const url = 'https://app.lucanto.eu/api/mcp/v1';
  const token = 'lct_pat_0123456789';
  const headers = { Authorization: `Bearer ${token}` };
  const origin = 'https://app.lucanto.eu';
  it.each([
    ['the page of the service', { url, headers }, { kind: 'url', token, origin }],
    ['Windsurf', { serverUrl: url, headers }, { kind: 'url', token, origin }],
    ['Gemini CLI', { httpUrl: url, headers }, { kind: 'url', token, origin }],
    [
      'VS Code with an input',
      { type: 'http', url, headers: { Authorization: `Bearer \${input:t}` } },
      { kind: 'url', token: null, origin },
    ],
    ['a placeholder', { url, headers: { Authorization: 'Bearer YOUR_TOKEN' } }, { kind: 'url', token: null, origin }],
    ['plain http elsewhere', { url: 'http://example.com/mcp', headers }, { kind: 'url', token, origin: null }],
    [
      'mcp-remote',
      { command: 'npx', args: ['mcp-remote', url, '--header', `Authorization: Bearer ${token}`] },
      { kind: 'url', token, origin },
    ],
    ['npx', { command: 'npx', args: ['-y', 'lucanto-mcp@latest'] }, { kind: 'ours', token: null, origin: null }],
    ['cmd /c npx', { command: 'cmd', args: ['/c', 'npx', '-y', 'lucanto-mcp'] }, { kind: 'ours', token: null }],
    ['a path of Windows', { command: 'C:\\n\\node.exe', args: ['D:\\x\\bin\\lucanto-mcp.js'] }, { kind: 'ours' }],
    ['a token in its environment', { command: 'lucanto-mcp', env: { LUCANTO_TOKEN: token } }, { kind: 'ours', token }],
    ['something else', { command: 'python', args: ['my-lucanto.py'] }, { kind: 'foreign', token: null }],
    ['no object', 'lucanto-mcp', { kind: 'foreign' }],
    ['nothing', undefined, { kind: 'none' }],
  ])('knows %s', (_, entry, expected) => {
    expect(recognise(entry)).toMatchObject(expected);
  });
});

describe('editing a text', () => {
  const at = { container: 'mcpServers', name: 'lucanto' };
  const entry = { command: 'n', args: ['a'] };
  it.each([
    ['json', '{"mcpServers": []}', 'something other than a list of servers'],
    ['json', '[]', 'is not a JSON object'],
    ['json', `{"a": ${'['.repeat(9000)}${']'.repeat(9000)}}`, 'is nested too deeply'],
    ['json', '{"a": 1,\n "b" }', 'is not valid JSON (line 2)'],
    ['json', '{"mcpServers": {}, "mcpServers": {"x": {}}}', 'cannot be edited without a risk'],
    ['toml', 'a = 1\na = 2\n', 'is not valid TOML (line 2)'],
    ['toml', 'mcpServers = { x = { command = "y" } }\n', 'cannot be edited without a risk'],
  ] as const)('refuses %s that it cannot keep: %s', async (format, text, problem) => {
    expect(await editText(format, text, at, entry)).toMatchObject({ problem: expect.stringContaining(problem) });
  });

  it.each([
    '{}',
    '{"a":1}',
    '{"mcpServers":{"o":{}}}',
    '{"mcpServers":{"o":{},},}',
    '{\n  "mcpServers": {\n    // nothing yet\n  }\n}\n',
    '{\n\t"mcpServers": {\n\t\t"o": {}, // last, with a comma\n\t},\n}\n',
    '// only a remark\n',
    '{ "mcpServers": { "o": { "x": [ 1,\n 2 ] } } }',
  ])('keeps the neighbours of a new entry as they are written: %s', async (text) => {
    const added = await editText('jsonc', text, at, entry);
    if (typeof added !== 'string') throw new Error(added.problem);
    expect(await editText('jsonc', added, at, null)).toEqual(expect.any(String));
    for (const word of text.match(/[^\s{},]+/g) ?? []) expect(added).toContain(word);
  });

  it.each(['x = 1', 'x = 1\n', '[a]\ny = 2\n\n[mcpServers.o]\ncommand = "z"\n\n\n', '# end'])(
    'takes a table out of TOML byte for byte: %j',
    async (text) => {
      const added = await editText('toml', text, at, { ...entry, env: { 'A B': 'c' } });
      if (typeof added !== 'string') throw new Error(added.problem);
      expect(await editText('toml', added, at, null)).toBe(text);
    },
  );

  it('takes out an entry that is written as one line of TOML', async () => {
    const text = '[mcpServers]\no = { command = "x" }\nlucanto = { command = "y" }\n';
    expect(await editText('toml', text, at, null)).toBe('[mcpServers]\no = { command = "x" }\n');
    expect(await editText('toml', text, at, entry)).toContain('[mcpServers.lucanto]');
  });
});

describe('a file that another program changes at the same time', () => {
  const entry = { command: 'n', args: ['/x/lucanto-mcp.js'] };

  it('is read once more, and the entry goes into what is there now', async () => {
    const home = homeWith(DESKTOP, '{}');
    const file = await inspectIn(home, claudeDesktop, DESKTOP);
    if (file.state === 'broken') throw new Error(file.problem);
    writeFileSync(home.disk(DESKTOP), '{"by": "another"}');
    const plan = await planChange(claudeDesktop, file, entry);
    expect(await writeChange(claudeDesktop, home.place, file, plan, entry, [], 0)).toMatchObject({
      outcome: 'changed',
    });
    expect(JSON.parse(readFileSync(home.disk(DESKTOP), 'utf8'))).toEqual({
      by: 'another',
      mcpServers: { lucanto: entry },
    });
  });

  it('is left alone when it keeps changing', async () => {
    const home = homeWith(DESKTOP, '{}');
    const file = await inspectIn(home, claudeDesktop, DESKTOP);
    if (file.state === 'broken') throw new Error(file.problem);
    const plan = await planChange(claudeDesktop, file, entry);
    let round = 0;
    const change = () => {
      round += 1;
      writeFileSync(home.disk(DESKTOP), `{"round": ${round}}`);
    };
    change();
    // The table is looked at after the file was read, and that is when the other program writes.
    const restless = {
      ...claudeDesktop,
      get rejectsBom(): true {
        change();
        return true;
      },
    };
    const result = await writeChange(restless, home.place, file, plan, entry, [], 0);
    expect(result).toEqual({ outcome: 'failed', problem: 'is being changed by another program', backup: null });
  });
});

describe('a diff', () => {
  it('shows what changes, and no secret of a neighbour', async () => {
    const before = '{\n  "o": { "API_KEY": "shh", "args": ["sk-0123456789012345678901234"] }\n}\n';
    const after = before.replace(' }\n}', ' },\n  "lucanto": {}\n}');
    const diff = await unifiedDiff('/x/mcp.json', before, after);
    expect(diff).toContain('+  "lucanto": {}');
    expect(diff).toContain('--- /x/mcp.json');
    expect(diff).not.toMatch(/shh|sk-0123/);
  });

  it('shows what changes in a file of one line, whose secrets are masked each', async () => {
    const before = '{"a": {"TOKEN": "shh", "SECRET": "hush \\" hush"}, "mcpServers": {}}';
    const diff = await unifiedDiff('/x/mcp.json', before, before.replace('{}}', '{"lucanto": {"command": "n"}}}'));
    expect(diff).toContain('+{"a": {"TOKEN": "…", "SECRET": "…"}, "mcpServers": {"lucanto": {"command": "n"}}}');
    expect(diff).not.toMatch(/shh|hush/);
  });
});
