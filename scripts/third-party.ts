/** Everything is bundled and minified, which strips the notices that MIT, BSD and Apache ask for: they go into one file. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Metafile, Plugin } from 'esbuild';

/** Beside the code, so that whatever takes `dist` along takes it too. */
export const NOTICES_FILE = 'THIRD-PARTY-NOTICES.txt';

/** What may be redistributed inside an MIT package by keeping its notice. */
export const PERMISSIVE: readonly string[] = ['MIT', 'ISC', 'BSD-2-Clause', 'BSD-3-Clause', 'Apache-2.0', '0BSD'];

interface Bundled {
  readonly name: string;
  readonly version: string;
  readonly license: string;
  /** Its licence, and its NOTICE where it has one. */
  readonly texts: readonly string[];
}

/** esbuild plugin. Fails the build where a package's licence is missing or is not a permissive one. */
export function thirdPartyNotices(root: string): Plugin {
  return {
    name: 'third-party-notices',
    setup(build) {
      build.onEnd(async ({ metafile, errors }) => {
        const folder = build.initialOptions.outdir;
        if (errors.length > 0 || metafile === undefined || folder === undefined) return {};
        const bundled = packageFolders(metafile, root).map((path) => readPackage(join(root, path)));
        const wrong = bundled.filter(({ license, texts }) => !PERMISSIVE.includes(license) || texts.length === 0);
        if (wrong.length > 0) {
          const names = wrong.map(({ name, license, texts }) => `${name} (${license}, ${texts.length} licence files)`);
          return { errors: [{ text: `These packages cannot be bundled as they are: ${names.join(', ')}` }] };
        }
        await mkdir(folder, { recursive: true });
        await writeFile(join(folder, NOTICES_FILE), noticesOf(bundled));
        return {};
      });
    },
  };
}

/** Folders of the packages that code was taken from, relative to the root, sorted by name. */
function packageFolders(metafile: Metafile, root: string): string[] {
  const used = Object.values(metafile.outputs).flatMap(({ inputs }) =>
    Object.entries(inputs).flatMap(([path, { bytesInOutput }]) => (bytesInOutput > 0 ? [path] : [])),
  );
  const folders = new Set<string>();
  for (const path of new Set(used)) {
    const folder = packageFolder(path);
    if (folder === null) continue;
    folders.add(folder);
    for (const name of vendoredIn(readFileSync(join(root, path), 'utf8'))) folders.add(installed(name, folder, root));
  }
  return [...folders].sort();
}

function packageFolder(path: string): string | null {
  return /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1] ?? null;
}

/** Packages may bundle others themselves; rolldown, which the MCP SDK is built with, leaves a mark of each file. */
function vendoredIn(code: string): string[] {
  const marks = code.matchAll(/^\/\/#region \S*node_modules\/((?:@[^/\s]+\/)?[^/\s]+)\//gm);
  return [...new Set([...marks].map(([, name]) => name ?? ''))];
}

function installed(name: string, by: string, root: string): string {
  const nested = join(by, 'node_modules', name);
  return existsSync(join(root, nested)) ? nested : join('node_modules', name);
}

function readPackage(folder: string): Bundled {
  const { name, version, license: offered } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  // `(MIT or MPL-2.0)` lets us choose.
  const choices = String(offered).replace(/[()]/g, '').split(/ or /i);
  const license = choices.find((choice) => PERMISSIVE.includes(choice)) ?? String(offered);
  const all = readdirSync(folder).filter((file) => /^(licen[cs]e|notice|copying)\b/i.test(file));
  const chosen = choices.length > 1 ? all.filter((file) => file.includes(license)) : [];
  const files = chosen.length > 0 ? chosen : all;
  const texts = files.sort().map((file) => readFileSync(join(folder, file), 'utf8').replace(/\r\n/g, '\n').trim());
  return { name: String(name), version: String(version), license, texts };
}

function noticesOf(bundled: readonly Bundled[]): string {
  const line = '-'.repeat(80);
  const head = 'lucanto-mcp contains code of these packages, each under the licence that follows its name.\n';
  const parts = bundled.map(
    ({ name, version, license, texts }) =>
      `${line}\n${name} ${version} (${license})\n${line}\n\n${texts.join('\n\n')}\n`,
  );
  return [head, ...parts].join('\n');
}
