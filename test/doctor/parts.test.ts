import { describe, expect, it } from 'vitest';
import { VERSION } from '../../src/core/command-name.ts';
import { appChecks, evaluateStart } from '../../src/doctor/app-checks.ts';
import { appFiles } from '../../src/doctor/app-files.ts';
import { fail, ok } from '../../src/doctor/check.ts';
import { keepForOwner, makeOwn } from '../../src/doctor/folders.ts';
import { hostStart } from '../../src/doctor/host-start.ts';
import { withoutHome } from '../../src/doctor/run-checks.ts';
import { fixtureHome, type Platform } from '../setup/fixture-home.ts';
import { at, contextIn, found } from './check-context.ts';

describe('The source of Node', () => {
  it.each<[Platform, string, string]>([
    ['linux', '/home/anna/.nvm/versions/node/v22.3.0/bin/node', 'nvm'],
    ['win32', 'C:\\Users\\Anna\\AppData\\Roaming\\nvm\\v22.3.0\\node.exe', 'nvm'],
    ['darwin', '/opt/homebrew/Cellar/node/22.3.0/bin/node', 'Homebrew'],
    ['darwin', '/Users/anna/.volta/tools/image/node/22.3.0/bin/node', 'Volta'],
    ['linux', '/home/anna/.local/share/fnm/node-versions/v22.3.0/installation/bin/node', 'fnm'],
    ['linux', '/usr/bin/node', 'the system'],
    ['win32', 'C:\\Program Files\\nodejs\\node.exe', "Node's installer"],
    ['darwin', '/Applications/Claude.app/Contents/Frameworks/node', "an app's own"],
    ['linux', '/srv/node', 'a folder of its own'],
  ])('on %s at %s is %s', async (platform, node, source) => {
    expect(await found('node', contextIn(at(platform, { node })))).toEqual(ok(`v22.3.0 from ${source}, ${node}`));
  });
});

describe('An installation', () => {
  it('in the cache of npx gets a warning that says what that costs', async () => {
    const script = '/home/anna/.npm/_npx/1f/node_modules/lucanto-mcp/bin/lucanto-mcp.js';
    expect(await found('installation', contextIn(at('linux', { script })))).toMatchObject({
      state: 'warn',
      detail: expect.stringContaining('slower each time'),
      fix: 'Run `npm install -g lucanto-mcp`, then `lucanto-mcp setup`.',
    });
    expect(await found('installation', contextIn(at('linux')))).toMatchObject({ state: 'ok' });
  });
});

describe('Fixes of the doctor', () => {
  it('are commands of the platform', () => {
    const { machine: windows } = at('win32');
    const { machine: mac } = at('darwin');
    expect(keepForOwner('D:\\my books', windows, 'Anna M')).toBe(
      'Run `icacls "D:\\my books" /inheritance:r /grant:r "Anna M:(OI)(CI)F"`.',
    );
    expect(keepForOwner("/Users/anna/Anna's", mac, 'anna')).toBe("Run `chmod -R go= '/Users/anna/Anna'\\''s'`.");
    const kept = { id: 'a', title: 'A', ...fail('', keepForOwner('/Users/anna/my books', mac, 'anna')) };
    // A shell expands `~` outside quotes only.
    expect(withoutHome({ ...mac, home: '/Users/anna' }, [kept])[0]?.fix).toBe("Run `chmod -R go= ~/'my books'`.");
    expect(makeOwn('D:\\books', windows)).toBe('Run `takeown /f D:\\books /r` as administrator.');
    expect(makeOwn('/srv/x', mac)).toBe('Run `sudo chown -R "$(id -un)" /srv/x`.');
  });

  it('restrict a folder on Windows that is outside the user folder', async () => {
    const home = fixtureHome('win32');
    try {
      home.write('D:\\books\\a', '');
      const outside = await found('config-dir', contextIn(home.place, { configDir: 'D:\\books' }));
      expect(outside).toMatchObject({ state: 'warn', fix: expect.stringMatching(/^Run `icacls D:\\books /) });
      home.write('C:\\Users\\Anna Müller\\AppData\\Roaming\\lucanto-mcp\\a', '');
      expect(await found('config-dir', contextIn(home.place))).toMatchObject({ state: 'ok' });
    } finally {
      home.remove();
    }
  });
});

const DESKTOP: Readonly<Record<Platform, string>> = {
  linux: '/home/anna/.config/Claude/claude_desktop_config.json',
  darwin: '/Users/anna/Library/Application Support/Claude/claude_desktop_config.json',
  win32: 'C:\\Users\\Anna Müller\\AppData\\Roaming\\Claude\\claude_desktop_config.json',
};

async function appIn(platform: Platform, entries: object, env: Readonly<Record<string, string>> = {}) {
  const home = fixtureHome(platform, { env });
  try {
    home.write(DESKTOP[platform], JSON.stringify({ mcpServers: entries }));
    const apps = await appFiles(home.place, 'lucanto', ['https://app.lucanto.eu']);
    const [app] = apps;
    const [entry] = app?.entries ?? [];
    if (app === undefined || entry === undefined) throw new Error('no entry was found');
    return { home, apps, app, entry };
  } finally {
    home.remove();
  }
}

const OURS = { command: 'node', args: ['/opt/lucanto-mcp/bin/lucanto-mcp.js'] };

describe('An entry of an app', () => {
  it.each<[Platform, Readonly<Record<string, string>>, string]>([
    ['linux', { HOME: '/home/anna' }, '/usr/local/bin:/usr/bin:/bin'],
    ['darwin', { HOME: '/Users/anna' }, '/usr/bin:/bin:/usr/sbin:/sbin'],
    [
      'win32',
      { SystemRoot: 'C:\\Windows', APPDATA: 'C:\\Users\\Anna Müller\\AppData\\Roaming' },
      'C:\\Windows\\System32;C:\\Windows',
    ],
  ])(
    'on %s is started with a short PATH, the home and its own variables, and nothing else of the shell',
    async (platform, kept, path) => {
      const shell = {
        PATH: '/home/anna/bin',
        LUCANTO_TOKEN: 'lct_pat_123456789',
        HTTPS_PROXY: 'http://p',
        XDG_CONFIG_HOME: '/x',
      };
      const { app, entry, home } = await appIn(
        platform,
        { lucanto: { ...OURS, env: { A: 'b' } } },
        { ...shell, ...kept, XDG_CONFIG_HOME: '' },
      );
      expect(hostStart(app, entry, home.place).env).toEqual({ ...kept, PATH: path, A: 'b' });
    },
  );

  it('is checked under any name, and entries of other programs are not', async () => {
    const { apps, app } = await appIn('linux', {
      github: { url: 'https://api.github.com/mcp', headers: { Authorization: 'Bearer gho_1234567890' } },
      books: { url: 'https://app.lucanto.eu/api/mcp/v1' },
      'lucanto-work': OURS,
      other: { command: 'python' },
      lucanto: OURS,
    });
    expect(app.entries.map(({ name, kind }) => `${name}: ${kind}`)).toEqual([
      'lucanto: ours',
      'books: url',
      'lucanto-work: ours',
    ]);
    expect(appChecks(apps).map(({ id }) => id)).toEqual([
      'claude-desktop-file',
      ...['lucanto', 'lucanto-work'].flatMap((name) =>
        ['entry', 'start', 'stdout', 'tools'].map((part) => `claude-desktop-${name}-${part}`),
      ),
    ]);
  });

  it('that needs more than half of the time that its app allows gets a warning', async () => {
    const { app, entry, home } = await appIn('linux', { lucanto: OURS });
    const evaluated = (initializeMs: number) =>
      evaluateStart(
        app,
        entry,
        { spawnError: null, initializeMs, tools: 1, refusal: null, noise: [], stderr: '', exitCode: null },
        contextIn(home.place),
      );
    expect(evaluated(29_000).state).toBe('ok');
    expect(evaluated(31_000)).toMatchObject({
      state: 'warn',
      detail: 'The start took 31.0 s, and Claude Desktop waits only 60 s.',
    });
  });
});

describe('Other installed versions', () => {
  it('are found where npm and the version managers of Node put them, and where entries of apps point', async () => {
    const home = fixtureHome('darwin');
    const put = (folder: string, version: string) =>
      home.write(`${folder}/lucanto-mcp/package.json`, JSON.stringify({ name: 'lucanto-mcp', version }));
    try {
      put('/usr/local/lib/node_modules', VERSION);
      put('/Users/anna/.nvm/versions/node/v20.1.0/lib/node_modules', '0.0.1');
      put('/Users/anna/.npm/_npx/1a/node_modules', '0.0.2');
      put('/srv', '0.0.3');
      const args = ['/srv/lucanto-mcp/bin/lucanto-mcp.js'];
      home.write(DESKTOP.darwin, JSON.stringify({ mcpServers: { lucanto: { command: 'node', args } } }));
      const apps = await appFiles(home.place, 'lucanto', []);
      const finding = await found('versions', { ...contextIn(home.place), apps });
      expect(finding.detail).toBe(
        'There are other versions on this computer: 0.0.1 in /Users/anna/.nvm/versions/node/v20.1.0/lib/node_modules/lucanto-mcp, 0.0.2 in /Users/anna/.npm/_npx/1a/node_modules/lucanto-mcp, 0.0.3 in /srv/lucanto-mcp.',
      );
      expect(finding).toMatchObject({
        state: 'warn',
        fix: expect.stringContaining('npm install -g lucanto-mcp@latest'),
      });
    } finally {
      home.remove();
    }
  });
});
