import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const src = resolve(import.meta.dirname, '../../src');

/** What each part of the house may import; `common` (errors, json, log, version, words) is open to all. */
const MAY_IMPORT: Record<string, readonly string[]> = {
  cli: ['root', 'server', 'catalog', 'writes', 'auth', 'config', 'demo', 'contract', 'setup', 'doctor'],
  root: [
    'server',
    'confirm',
    'catalog',
    'contract',
    'backends',
    'tools',
    'files',
    'writes',
    'auth',
    'config',
    'http',
    'demo',
  ],
  server: ['catalog', 'answers', 'contract'],
  confirm: ['catalog', 'answers', 'contract', 'writes'],
  catalog: ['answers', 'contract', 'writes', 'http', 'config'],
  backends: ['catalog-types', 'answers', 'contract', 'files', 'writes', 'http'],
  tools: ['catalog-types', 'answers', 'contract', 'files', 'writes', 'http', 'config'],
  answers: ['contract'],
  files: ['writes', 'http', 'config'],
  writes: ['catalog-types', 'http', 'config'],
  contract: [],
  auth: ['config'],
  http: ['config', 'catalog-types'],
  config: [],
  setup: ['config'],
  doctor: ['setup', 'auth', 'writes', 'http', 'config'],
  demo: ['contract-bundled'],
  common: [],
};

const COMMON = new Set(['errors.ts', 'json.ts', 'log.ts', 'version.ts', 'words.ts']);

/** Packages that are at home in one part only. */
const HOME: readonly (readonly [RegExp, readonly string[]])[] = [
  [/^(ky|undici)$/, ['http']],
  [/^@modelcontextprotocol\//, ['server', 'backends', 'demo']],
  [/^conf$/, ['auth']],
  [/^commander$/, ['cli']],
  [/^(jsonc-parser|toml-eslint-parser|diff)$/, ['setup']],
];

function partOf(file: string): string {
  const path = relative(src, file).replaceAll('\\', '/');
  if (!path.includes('/')) return COMMON.has(path) ? 'common' : 'root';
  return path.split('/')[0] ?? '';
}

function files(): string[] {
  return readdirSync(src, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => join(entry.parentPath, entry.name));
}

interface Import {
  readonly from: string;
  readonly typeOnly: boolean;
  readonly target: string;
}

function imports(): Import[] {
  return files().flatMap((file) => {
    const text = readFileSync(file, 'utf8');
    const statics = [...text.matchAll(/^(?:import|export)\s+(type\s+)?[^;'"]*?from\s+'([^']+)'/gm)];
    const lazy = [...text.matchAll(/\bimport\('([^']+)'\)/g)];
    return [
      ...statics.map((match) => ({ from: file, typeOnly: match[1] !== undefined, target: match[2] ?? '' })),
      ...lazy.map((match) => ({ from: file, typeOnly: false, target: match[1] ?? '' })),
    ];
  });
}

function allowed({ from, target, typeOnly }: Import): boolean {
  const own = partOf(from);
  const path = resolve(dirname(from), target);
  const other = partOf(path);
  if (other === own || other === 'common' || target.endsWith('package.json')) return true;
  const may = MAY_IMPORT[own] ?? [];
  if (may.includes(other)) return true;
  if (other === 'catalog' && may.includes('catalog-types')) return typeOnly;
  return other === 'contract' && may.includes('contract-bundled') && path.includes('bundled');
}

describe('the direction of imports', () => {
  const all = imports();

  it('follows the table: cli, bridge, server, catalog, then contract, backends, writes, http, config', () => {
    const wrong = all.filter(({ target }) => target.startsWith('.')).filter((entry) => !allowed(entry));
    expect(wrong.map(({ from, target }) => `${relative(src, from)} imports ${target}`)).toEqual([]);
  });

  it('keeps each heavy package in its own part of the house', () => {
    const wrong = all.filter(({ from, target }) =>
      HOME.some(([name, homes]) => name.test(target) && !homes.includes(partOf(from))),
    );
    expect(wrong.map(({ from, target }) => `${relative(src, from)} imports ${target}`)).toEqual([]);
  });

  it('sees the imports it judges', () => {
    expect(all.length).toBeGreaterThan(50);
  });
});
