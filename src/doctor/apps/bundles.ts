/** The bundle for Claude Desktop, which stands in no file of entries: the app unpacks it beside its own file. */
import { readdirSync, readFileSync } from 'node:fs';
import { pathsOf } from '../../config/paths.ts';
import { isJsonObject } from '../../json.ts';
import { claudeDesktop } from '../../setup/clients/claude-desktop.ts';
import type { Place } from '../../setup/place.ts';

/** Their versions. */
export function bundlesIn(place: Place): readonly string[] {
  const paths = pathsOf(place.machine);
  return claudeDesktop.files(place).flatMap((file) => {
    const folder = paths.join(paths.dirname(file), 'Claude Extensions');
    return namesIn(place.onDisk(folder)).flatMap((name) => {
      const manifest = readManifest(place.onDisk(paths.join(folder, name, 'manifest.json')));
      return manifest?.name === 'lucanto-mcp' ? [String(manifest.version ?? '')] : [];
    });
  });
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function readManifest(path: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(readFileSync(path, 'utf8'));
    return isJsonObject(value) ? value : null;
  } catch {
    return null;
  }
}
