import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };
import lock from '../../package-lock.json' with { type: 'json' };
import server from '../../server.json' with { type: 'json' };
import { SETTINGS, TOKEN_VARIABLE } from '../../src/config/settings.ts';
import { VERSION } from '../../src/core/command-name.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

function node(...args: readonly string[]): { status: number | null; stdout: string; stderr: string } {
  return spawnSync(process.execPath, args, { cwd: ROOT, encoding: 'utf8' });
}

function script(name: string, ...args: readonly string[]): { status: number | null; stdout: string; stderr: string } {
  return node(join('scripts', name), ...args);
}

/** Runs with a folder that is gone afterwards. */
function inFolder<T>(work: (folder: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), 'lucanto-release-'));
  try {
    return work(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe('The version', () => {
  it('is the one of package.json in the lock file, in server.json, in the code and in --version', () => {
    const { version } = packageJson;
    expect(version).toMatch(/^\d+[.]\d+[.]\d+(-[\w.]+)?$/);
    expect([lock.version, lock.packages[''].version]).toEqual([version, version]);
    expect([server.version, ...server.packages.map((entry) => entry.version)]).toEqual([version, version]);
    expect(VERSION).toBe(version);
    expect(node('bin/lucanto-mcp.js', '--version').stdout.trim()).toBe(version);
  });

  it('is the one of the latest release in the changelog, once there is a release', () => {
    const changelog = readFileSync(join(ROOT, 'CHANGELOG.md'), 'utf8');
    const released = [...changelog.matchAll(/^## \[(\d[^\]]*)\]/gm)].map(([, version]) => version);
    expect([packageJson.version, ...released.slice(0, 1)]).toEqual(
      released.length === 0 ? [packageJson.version] : [packageJson.version, packageJson.version],
    );
  });
});

describe('server.json', () => {
  it('is what scripts/server-json.mjs makes of package.json and the settings', () => {
    expect(script('server-json.mjs', '--check')).toMatchObject({ status: 0, stderr: '' });
  });

  it('has the name that package.json confirms, in a namespace of lucanto.eu', () => {
    expect(server.name).toBe(packageJson.mcpName);
    expect(server.name).toBe(`eu.lucanto/${packageJson.name}`);
    expect(server.packages[0]?.identifier).toBe(packageJson.name);
  });

  it('keeps to the limits of the registry: lengths, an exact version, stdio', () => {
    expect(server.name).toMatch(/^[a-zA-Z0-9.-]{1,100}\/[a-zA-Z0-9._-]{1,99}$/);
    for (const text of [server.title, server.description]) expect([...text].length).toBeLessThanOrEqual(100);
    expect(server.packages.map(({ registryType, transport }) => [registryType, transport])).toEqual([
      ['npm', { type: 'stdio' }],
    ]);
  });

  it('names only variables of the settings table, the token as a secret', () => {
    const known: readonly string[] = [TOKEN_VARIABLE, ...Object.values(SETTINGS)].map(({ variable }) => variable);
    const inputs = server.packages[0]?.environmentVariables ?? [];
    expect(inputs.filter(({ name }) => !known.includes(name))).toEqual([]);
    expect(inputs.filter((input) => 'isSecret' in input && input.isSecret).map(({ name }) => name)).toEqual([
      'LUCANTO_TOKEN',
    ]);
  });

  it('names the bundle with its checksum when it is made for a release', () => {
    inFolder((folder) => {
      const bundle = join(folder, 'x.mcpb');
      writeFileSync(bundle, 'abc');
      const url = 'https://releases.example/x.mcpb';
      const made = script('server-json.mjs', '--bundle', bundle, '--bundle-url', url);
      expect(JSON.parse(made.stdout)).toMatchObject({
        version: packageJson.version,
        packages: [
          { registryType: 'npm' },
          {
            registryType: 'mcpb',
            identifier: url,
            fileSha256: 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
          },
        ],
      });
      expect(script('server-json.mjs', '--bundle', bundle).status).toBe(1);
    });
  });
});

describe("The check against the registry's own schema", () => {
  const schema = { $id: server.$schema, type: 'object', properties: { name: { pattern: '/' } }, required: ['name'] };

  it.each([
    ['passes a server.json that fits', schema, 0, /fits https:/],
    [
      'refuses a server.json that does not fit, and names the field',
      { ...schema, properties: { name: { maxLength: 3 } } },
      1,
      /\/name must NOT/,
    ],
    [
      'refuses a schema other than the one that server.json names',
      { ...schema, $id: 'https://x.example/' },
      1,
      /names the schema/,
    ],
  ])('%s', (_, given, status, words) => {
    inFolder((folder) => {
      const copy = join(folder, 'schema.json');
      writeFileSync(copy, JSON.stringify(given));
      const run = script('check-server-json.mjs', '--schema', copy);
      expect(run.status).toBe(status);
      expect(run.stdout + run.stderr).toMatch(words);
    });
  });

  // The schema is not ours to keep here: LUCANTO_SERVER_SCHEMA names a copy. A release reads it from the registry.
  it.runIf(process.env.LUCANTO_SERVER_SCHEMA)('passes our server.json with the copy in LUCANTO_SERVER_SCHEMA', () => {
    const run = script('check-server-json.mjs', '--schema', process.env.LUCANTO_SERVER_SCHEMA ?? '');
    expect(run).toMatchObject({ status: 0, stderr: '' });
  });
});
