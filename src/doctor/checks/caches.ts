/** What the service said last, as it is on disk. A damaged file costs a refresh, never more. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Check, ok, skip, warn } from '../check.ts';
import { deleteFile } from '../fixes.ts';

export const cachesCheck: Check = {
  id: 'caches',
  title: 'Caches',
  needs: ['config-dir'],
  run: ({ settings, place }) => {
    const files = jsonFiles(join(settings.configDir, 'cache'));
    if (files.length === 0) return skip('nothing was remembered yet');
    const broken = files.find((path) => !isJson(path));
    if (broken === undefined) return ok(`${files.length} files, all readable`);
    return warn(`${broken} cannot be parsed and is ignored`, deleteFile(broken, place.machine));
  },
};

function jsonFiles(folder: string): readonly string[] {
  try {
    const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
    return names.filter((name) => name.endsWith('.json')).map((name) => join(folder, name));
  } catch {
    return [];
  }
}

function isJson(path: string): boolean {
  try {
    JSON.parse(readFileSync(path, 'utf8'));
    return true;
  } catch {
    return false;
  }
}
