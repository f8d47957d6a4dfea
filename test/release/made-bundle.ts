/** The bundle as it is released, made, unpacked and started the way its manifest says. */
import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { getMcpConfigForManifest, unpackExtension, v0_3 } from '@anthropic-ai/mcpb';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const TOOL = join(ROOT, 'node_modules', '@anthropic-ai', 'mcpb', 'dist', 'cli', 'cli.js');

export type UserConfig = Readonly<Record<string, string | boolean>>;

export interface Start {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

export interface MadeBundle {
  /** The archive. */
  readonly file: string;
  /** Where it is unpacked. */
  readonly folder: string;
  readonly manifest: ReturnType<typeof v0_3.McpbManifestSchema.parse>;
  /** What `npm run bundle` printed. */
  readonly printed: string;
  /** Paths in it, with slashes. */
  readonly contents: readonly string[];
  /** What `mcpb validate` says of it. @throws where it does not pass */
  validate(): Promise<string>;
  /** The command of an app whose user filled the form so; null where something required is missing. */
  startOf(userConfig: UserConfig): Promise<Start | null>;
  remove(): void;
}

async function node(...args: readonly string[]): Promise<string> {
  return (await promisify(execFile)(process.execPath, args, { cwd: ROOT })).stdout;
}

export async function makeBundle(): Promise<MadeBundle> {
  const out = mkdtempSync(join(tmpdir(), 'lucanto-made-bundle-'));
  const printed = await node(join(ROOT, 'scripts', 'bundle.mjs'), '--out', out);
  const file = join(out, readdirSync(out)[0] ?? '');
  const folder = join(out, 'unpacked');
  await unpackExtension({ mcpbPath: file, outputDir: folder, silent: true });
  const manifest = v0_3.McpbManifestSchema.parse(JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')));
  return {
    file,
    folder,
    manifest,
    printed,
    contents: readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) =>
        join(entry.parentPath, entry.name)
          .slice(folder.length + 1)
          .replaceAll(sep, '/'),
      )
      .sort(),
    validate: () => node(TOOL, 'validate', join(folder, 'manifest.json')),
    startOf: async (userConfig) => {
      const config = await getMcpConfigForManifest({
        manifest,
        extensionPath: folder,
        systemDirs: { HOME: out, DESKTOP: join(out, 'Desktop'), DOCUMENTS: out, DOWNLOADS: join(out, 'Downloads') },
        userConfig: { ...userConfig },
        pathSeparator: sep,
      });
      return config === undefined ? null : { command: config.command, args: config.args ?? [], env: config.env ?? {} };
    },
    remove: () => rmSync(out, { recursive: true, force: true }),
  };
}
