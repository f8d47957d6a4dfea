// The settings table, which is TypeScript, for scripts that plain Node runs.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'tsup';

/** @returns {Promise<{SETTINGS: Record<string, {variable: string, help: string}>, TOKEN_VARIABLE: {variable: string, help: string}}>} */
export async function loadSettings() {
  const folder = mkdtempSync(join(tmpdir(), 'lucanto-settings-'));
  try {
    await build({
      config: false,
      entry: { settings: fileURLToPath(new URL('../../src/config/settings.ts', import.meta.url)) },
      format: 'esm',
      outDir: folder,
      outExtension: () => ({ js: '.mjs' }),
      silent: true,
    });
    return await import(pathToFileURL(join(folder, 'settings.mjs')).href);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
