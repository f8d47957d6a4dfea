import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { NOTICES_FILE, PERMISSIVE } from '../../scripts/third-party.ts';
import { npm, ROOT } from '../helpers/npm.ts';

const Pack = z.object({
  size: z.number(),
  unpackedSize: z.number(),
  bundled: z.array(z.string()),
  files: z.array(z.object({ path: z.string(), size: z.number(), mode: z.number() })),
});

const Metafile = z.object({
  outputs: z.record(z.string(), z.object({ inputs: z.record(z.string(), z.object({ bytesInOutput: z.number() })) })),
});

const packageJson = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));

const folder = mkdtempSync(join(tmpdir(), 'lucanto-pack-'));
let pack: z.infer<typeof Pack>;

beforeAll(async () => {
  // Without scripts: what is packed is what `npm test` has built.
  const printed = await npm(['pack', '--json', '--dry-run', '--ignore-scripts'], { cwd: ROOT, home: folder });
  // A list in npm 11 and before, keyed by the package's name from npm 12.
  const [only] = Object.values(JSON.parse(printed));
  pack = Pack.parse(only);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function filesIn(folder: string): readonly string[] {
  const entries = readdirSync(join(ROOT, folder), { withFileTypes: true });
  return entries.flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    return entry.isDirectory() ? filesIn(path) : [path];
  });
}

function textOf(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8');
}

describe('The npm package', () => {
  it('holds the launcher, the built program, the documents, and nothing else', () => {
    const named = pack.files.map(({ path }) => path.replace(/^(dist\/).+-[A-Z0-9]{8}[.]cjs$/, '$1<chunk>.cjs'));
    expect([...new Set(named)].sort()).toEqual([
      'CHANGELOG.md',
      'CONTRIBUTING.md',
      'LICENSE',
      'README.md',
      'SECURITY.md',
      'bin/lucanto-mcp.js',
      'bin/package.json',
      'dist/<chunk>.cjs',
      `dist/${NOTICES_FILE}`,
      'dist/check.cjs',
      'dist/code.cjs',
      'dist/front.cjs',
      'dist/main.cjs',
      'dist/ready.txt',
      ...filesIn('docs'),
      'package.json',
    ]);
  });

  it('holds every file that its README and its documents link to', () => {
    const packed = new Set(pack.files.map(({ path }) => path));
    const documents = ['README.md', ...[...packed].filter((path) => /^docs\/.*[.]md$/.test(path))];
    const links = documents.flatMap((path) =>
      [...textOf(path).matchAll(/\]\((?!https?:)([^)#]+)/g)].map(([, target = '']) => join(dirname(path), target)),
    );
    expect(links.length).toBeGreaterThan(10);
    expect(links.filter((target) => !packed.has(target))).toEqual([]);
  });

  it('is small enough to be fetched by npx on the first start', () => {
    expect(pack.size).toBeLessThan(650_000);
    expect(pack.files.length).toBeLessThanOrEqual(60);
  });

  it('brings no dependencies and runs no script when it is installed', () => {
    for (const kind of ['dependencies', 'optionalDependencies', 'peerDependencies', 'bundleDependencies'])
      expect(packageJson).not.toHaveProperty(kind);
    expect(pack.bundled).toEqual([]);
    const run = ['preinstall', 'install', 'postinstall', 'prepare', 'preprepare', 'postprepare'];
    expect(Object.keys(packageJson.scripts).filter((name) => run.includes(name))).toEqual([]);
  });

  it('starts with one program, executable and with a first line that finds Node', () => {
    expect(packageJson.bin).toEqual({ 'lucanto-mcp': 'bin/lucanto-mcp.js' });
    const launcher = pack.files.find(({ path }) => path === 'bin/lucanto-mcp.js');
    if (process.platform !== 'win32') expect((launcher?.mode ?? 0) & 0o111).toBe(0o111);
    expect(textOf('bin/lucanto-mcp.js')).toMatch(/^#!\/usr\/bin\/env node\n/);
  });

  it('names its author, repository, licence and Node version, and is published publicly with provenance', () => {
    const { repository, homepage, bugs, author, license, engines, publishConfig } = packageJson;
    const home = 'https://github.com/lucanto/lucanto-mcp';
    expect({ repository, homepage, bugs, license, engines, publishConfig }).toEqual({
      repository: { type: 'git', url: `git+${home}.git` },
      homepage: `${home}#readme`,
      bugs: { url: `${home}/issues` },
      license: 'MIT',
      engines: { node: '>=20' },
      publishConfig: { access: 'public', provenance: true },
    });
    expect(textOf('LICENSE')).toMatch(new RegExp(`^MIT License\\n\\nCopyright \\(c\\) \\d{4} ${author}\\n`));
    expect(packageJson.description).not.toBe('');
  });

  it('contains no path of the computer that built it, and no source maps', () => {
    for (const { path } of pack.files) {
      const text = textOf(path);
      expect(text).not.toContain(ROOT);
      expect(text).not.toContain(`${homedir()}/`);
      expect(text).not.toContain('sourceMappingURL');
    }
  });

  it('keeps the notice of every package whose code it contains, each with a permissive licence', async () => {
    const out = join(folder, 'dist');
    const tsup = join(ROOT, 'node_modules', 'tsup', 'dist', 'cli-default.js');
    await promisify(execFile)(process.execPath, [tsup, '--silent', '--metafile', '--outDir', out], { cwd: ROOT });
    const { outputs } = Metafile.parse(JSON.parse(readFileSync(join(out, 'metafile-esm.json'), 'utf8')));
    const used = Object.values(outputs).flatMap(({ inputs }) =>
      Object.entries(inputs).flatMap(([path, { bytesInOutput }]) => (bytesInOutput > 0 ? [path] : [])),
    );
    const names = used.flatMap((path) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1] ?? []);
    expect(new Set(names).size).toBeGreaterThan(20);

    const notices = readFileSync(join(out, NOTICES_FILE), 'utf8');
    const told = new Map(
      [...notices.matchAll(/^-{80}\n(\S+) \S+ \((.+)\)\n-{80}\n\n(?=\S)/gm)].map((m) => [m[1], m[2]]),
    );
    expect(names.filter((name) => !told.has(name))).toEqual([]);
    // Bundled inside the MCP SDK, so that no path names it.
    expect([...told.keys()]).toContain('content-type');
    expect([...told.values()].filter((license) => !PERMISSIVE.includes(String(license)))).toEqual([]);
    expect(notices.match(/copyright/gi)?.length).toBeGreaterThan(told.size / 2);
    expect(textOf(`dist/${NOTICES_FILE}`)).toBe(notices);
  });
});
