import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const src = resolve(import.meta.dirname, '../../src');

/** What each folder of src may import besides itself. Every folder is listed; imports of types count. */
const MAY_IMPORT: Record<string, readonly string[]> = {
  core: [],
  config: ['core'],
  auth: ['config', 'core'],
  http: ['config', 'core'],
  writes: ['http', 'config', 'core'],
  files: ['writes', 'http', 'config', 'core'],
  contract: ['core'],
  answers: ['contract', 'core'],
  backends: ['answers', 'contract', 'files', 'writes', 'http', 'config', 'core'],
  tools: ['answers', 'contract', 'files', 'writes', 'http', 'config', 'core'],
  catalog: ['backends', 'tools', 'answers', 'contract', 'writes', 'http', 'config', 'core'],
  confirm: ['catalog', 'tools', 'answers', 'contract', 'writes', 'config', 'core'],
  server: ['confirm', 'catalog', 'answers', 'contract', 'core'],
  bridge: [
    'server',
    'confirm',
    'catalog',
    'backends',
    'tools',
    'answers',
    'contract',
    'files',
    'writes',
    'http',
    'auth',
    'config',
    'core',
    'demo',
  ],
  front: ['bridge', 'server', 'catalog', 'auth', 'config', 'core'],
  setup: ['config', 'core'],
  doctor: ['setup', 'auth', 'writes', 'http', 'config', 'core'],
  demo: ['contract', 'core'],
  cli: [
    'front',
    'bridge',
    'server',
    'confirm',
    'catalog',
    'contract',
    'files',
    'writes',
    'http',
    'auth',
    'config',
    'core',
    'setup',
    'doctor',
    'demo',
  ],
};

/** Packages that only one folder may use. */
const HOME: readonly (readonly [RegExp, readonly string[]])[] = [
  [/^ky$/, ['http']],
  [/^@modelcontextprotocol\//, ['server', 'backends', 'demo']],
  [/^conf$/, ['auth']],
  [/^(commander|diff)$/, ['cli']],
  [/^(jsonc-parser|toml-eslint-parser)$/, ['setup']],
];

const files = readdirSync(src, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
  .map((entry) => relative(src, join(entry.parentPath, entry.name)).replaceAll('\\', '/'));

const folderOf = (file: string) => file.split('/')[0] ?? '';

interface Import {
  readonly from: string;
  /** As written: a package, or a path relative to `from`. */
  readonly target: string;
  /** Loaded when the module is; `import()` is not. */
  readonly isStatic: boolean;
}

const imports: readonly Import[] = files.flatMap((from) => {
  const text = readFileSync(join(src, from), 'utf8');
  const statics = [...text.matchAll(/^(?:import|export)\s[^;'"]*?from\s+'([^']+)'/gm)];
  const lazy = [...text.matchAll(/\bimport\(\s*'([^']+)'/g)];
  return [
    ...statics.map(([, target = '']) => ({ from, target, isStatic: true })),
    ...lazy.map(([, target = '']) => ({ from, target, isStatic: false })),
  ];
});

const pathOf = ({ from, target }: Import) => relative(src, resolve(src, dirname(from), target)).replaceAll('\\', '/');
const named = ({ from, target }: Import) => `${from} imports ${target}`;

describe('The imports of src', () => {
  it('follow the table from cli down to core', () => {
    const wrong = imports.filter((entry) => {
      if (!entry.target.startsWith('.') || entry.target.endsWith('/package.json')) return false;
      const [own, other] = [folderOf(entry.from), folderOf(pathOf(entry))];
      return own !== other && MAY_IMPORT[own]?.includes(other) !== true;
    });
    expect(wrong.map(named)).toEqual([]);
  });

  it('take of the contract into the demo only what is bundled and how to read it', () => {
    const wrong = imports.filter(
      (entry) =>
        folderOf(entry.from) === 'demo' && pathOf(entry).startsWith('contract/') && !pathOf(entry).includes('bundled'),
    );
    expect(wrong.map(named)).toEqual([]);
  });

  it('form no cycle, not even of types', () => {
    const next = new Map(
      files.map((file) => [file, imports.filter((entry) => entry.isStatic && entry.from === file).map(pathOf)]),
    );
    expect(cyclesIn(next)).toEqual([]);
  });

  it('form no cycle between folders, imports on demand included', () => {
    const folders = new Map(Object.entries(MAY_IMPORT));
    expect(cyclesIn(folders)).toEqual([]);
  });

  it('keep each heavy package in the folder that it belongs to', () => {
    const wrong = imports.filter(({ from, target }) =>
      HOME.some(([name, homes]) => name.test(target) && !homes.includes(folderOf(from))),
    );
    expect(wrong.map(named)).toEqual([]);
  });

  it('are all seen by this test, in every folder of the table', () => {
    expect(imports.length).toBeGreaterThan(500);
    expect([...new Set(files.map(folderOf))].toSorted()).toEqual(Object.keys(MAY_IMPORT).toSorted());
  });
});

/** Every node that can reach itself, with the way back. */
function cyclesIn(next: ReadonlyMap<string, readonly string[]>): string[] {
  const done = new Set<string>();
  const found: string[] = [];
  const visit = (node: string, trail: readonly string[]): void => {
    if (trail.includes(node)) {
      found.push([...trail.slice(trail.indexOf(node)), node].join(' > '));
      return;
    }
    if (done.has(node)) return;
    for (const other of next.get(node) ?? []) visit(other, [...trail, node]);
    done.add(node);
  };
  for (const node of next.keys()) visit(node, []);
  return found;
}
