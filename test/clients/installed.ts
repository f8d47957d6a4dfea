/** The clients that `npm run test:clients` has installed, or why one could not be. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isJsonObject, parseJson } from '../../src/core/json.ts';
import TABLE from './clients.json' with { type: 'json' };

export interface InstalledClient {
  readonly version: string;
  /** A program and its first arguments. */
  readonly command: readonly string[];
  /** Where its own command can be found by name. */
  readonly binFolder: string;
}

const CACHE = fileURLToPath(new URL('../../.cache/clients', import.meta.url));

export const CLIENT_IDS: readonly string[] = TABLE.map(({ id }) => id);

/** @returns the reason as text where it is not installed */
export function installedClient(id: string): InstalledClient | string {
  const row = TABLE.find((entry) => entry.id === id);
  if (row === undefined) return 'it is not in test/clients/clients.json';
  const packages = join(CACHE, `${id}@${row.version}`, 'node_modules');
  const folder = join(packages, ...row.package.split('/'));
  const manifest = readManifest(join(folder, 'package.json'));
  if (manifest === null) return `${row.package}@${row.version} could not be installed or does not start`;
  const { bin } = manifest;
  const file = typeof bin === 'string' ? bin : isJsonObject(bin) ? bin[row.program] : undefined;
  if (typeof file !== 'string') return `${row.package}@${row.version} has no program ${row.program}`;
  const path = join(folder, file);
  const command = /[.][cm]?js$/.test(file) ? [process.execPath, path] : [path];
  return { version: row.version, command, binFolder: join(packages, '.bin') };
}

function readManifest(file: string): Record<string, unknown> | null {
  try {
    const manifest = parseJson(readFileSync(file, 'utf8'));
    return isJsonObject(manifest) ? manifest : null;
  } catch {
    return null;
  }
}
