/** `npm ci` takes the lock file on every platform only if it names the optional packages of all of them. */
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import packageJson from '../../package.json' with { type: 'json' };
import lockFile from '../../package-lock.json' with { type: 'json' };
import { npm, ROOT } from '../helpers/npm.ts';

const Names = z.record(z.string(), z.string()).default({});
const Locked = z.object({
  version: z.string(),
  resolved: z.string().optional(),
  integrity: z.string().optional(),
  dependencies: Names,
  optionalDependencies: Names,
  peerDependencies: Names,
  peerDependenciesMeta: z.record(z.string(), z.object({ optional: z.boolean().optional() })).default({}),
  os: z.array(z.string()).optional(),
  cpu: z.array(z.string()).optional(),
  libc: z.array(z.string()).optional(),
});
type Locked = z.infer<typeof Locked>;

const { '': root, ...others } = lockFile.packages;
const locked = new Map(Object.entries(others).map(([path, entry]) => [path, Locked.parse(entry)]));

/** Where Node finds a package for the one at this path: in its own folder, or in one further up. */
function found(name: string, from: string): Locked | undefined {
  const own = locked.get(`${from}/node_modules/${name}`);
  const above = from.lastIndexOf('/node_modules/');
  if (own !== undefined) return own;
  return above === -1 ? locked.get(`node_modules/${name}`) : found(name, from.slice(0, above));
}

/** `package: dependency` for each one that is not in the lock file. */
function missing(dependenciesOf: (entry: Locked) => readonly string[]): string[] {
  return [...locked].flatMap(([path, entry]) =>
    dependenciesOf(entry).flatMap((name) => (found(name, path) === undefined ? [`${path}: ${name}`] : [])),
  );
}

const fits = (allowed: readonly string[] | undefined, value: string) =>
  allowed === undefined || allowed.includes(value);

describe('package-lock.json', () => {
  it('names the dependencies of package.json in the same ranges', () => {
    const { devDependencies, engines, license, version } = packageJson;
    expect(root).toMatchObject({ devDependencies, engines, license, version });
    expect(Object.keys(devDependencies).filter((name) => !locked.has(`node_modules/${name}`))).toEqual([]);
  });

  it('has an entry for every optional package of every locked package, whatever platform it is for', () => {
    expect(missing(({ optionalDependencies }) => Object.keys(optionalDependencies))).toEqual([]);
    expect([...locked.values()].filter(({ os }) => os !== undefined).length).toBeGreaterThan(100);
  });

  it('has an entry for every other package that a locked package needs', () => {
    expect(missing(({ dependencies }) => Object.keys(dependencies))).toEqual([]);
    const needed = ({ peerDependencies, peerDependenciesMeta }: Locked) =>
      Object.keys(peerDependencies).filter((name) => peerDependenciesMeta[name]?.optional !== true);
    expect(missing(needed)).toEqual([]);
  });

  it.each([
    ['Linux with glibc on x64', 'linux', 'x64', 'glibc'],
    ['Linux with glibc on arm64', 'linux', 'arm64', 'glibc'],
    ['Linux with musl on x64', 'linux', 'x64', 'musl'],
    ['macOS on x64', 'darwin', 'x64', ''],
    ['macOS on arm64', 'darwin', 'arm64', ''],
    ['Windows on x64', 'win32', 'x64', ''],
    ['Windows on arm64', 'win32', 'arm64', ''],
  ])('has the programs for %s of every package that brings one per platform', (_, os, cpu, libc) => {
    const without = [...locked].filter(([path, { optionalDependencies }]) => {
      const programs = Object.keys(optionalDependencies).flatMap((name) => found(name, path) ?? []);
      const perPlatform = programs.filter((program) => program.os !== undefined && program.cpu !== undefined);
      const own = perPlatform.filter(
        (program) => fits(program.os, os) && fits(program.cpu, cpu) && fits(program.libc, libc),
      );
      return perPlatform.length > 0 && own.length === 0;
    });
    expect(without.map(([path]) => path)).toEqual([]);
  });

  it('has the checksum of every package, and names no registry that others might not reach', () => {
    const wrong = [...locked].filter(([, { integrity, resolved }]) => {
      const isPublic = resolved === undefined || resolved.startsWith('https://registry.npmjs.org/');
      return integrity === undefined || !isPublic;
    });
    expect(wrong.map(([path]) => path)).toEqual([]);
  });

  it('is taken by `npm ci` without asking the registry for anything', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'lucanto-lock-'));
    try {
      for (const name of ['package.json', 'package-lock.json']) cpSync(join(ROOT, name), join(folder, name));
      const printed = await npm(['ci', '--dry-run', '--ignore-scripts'], { cwd: folder, home: folder });
      expect(printed).toMatch(/added \d+ packages/);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
