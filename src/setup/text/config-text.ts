import { isDeepStrictEqual } from 'node:util';
import { isJsonObject, type JsonObject } from '../../core/json.ts';
import { openJson } from './json-text.ts';
import type { ConfigText, Edited, EntryPath, Opened } from './splice.ts';
import { openToml } from './toml-text.ts';

/** The text of a client's configuration, edited at one place: everything else keeps its bytes. */
export type Format = 'json' | 'jsonc' | 'toml';

export async function openText(format: Format, text: string, path: EntryPath): Promise<Opened> {
  const opened = await (format === 'toml' ? openToml : openJson)(text, path).catch(tooDeep);
  if ('problem' in opened) return opened;
  const container = opened.text.value[path.container];
  if (container === undefined || isJsonObject(container)) return opened;
  return { problem: `holds something else than a list of servers under ${path.container}` };
}

// The parsers descend by calling themselves; one such file must not end what is said of all others.
function tooDeep(error: unknown): { readonly problem: string } {
  if (error instanceof RangeError) return { problem: 'is nested too deeply' };
  throw error;
}

/** The entry in a parsed text; undefined where there is none. */
export function entryIn({ value }: ConfigText, { container, name }: EntryPath): unknown {
  const servers = value[container];
  return isJsonObject(servers) ? servers[name] : undefined;
}

/**
 * The text with another entry, or (null) with none. The result is parsed again: everything else must mean the same.
 * @returns a clause that completes "the file …" where the text cannot be edited
 */
export async function editText(
  format: Format,
  text: string,
  path: EntryPath,
  entry: JsonObject | null,
): Promise<Edited> {
  const before = await openText(format, text, path);
  if ('problem' in before) return before;
  const edited = entry === null ? before.text.without() : before.text.with(entry);
  const after = await openText(format, edited, path);
  const unsure = { problem: 'is written in a way that cannot be edited without a risk to the rest' };
  if ('problem' in after) return unsure;
  const same =
    isDeepStrictEqual(entryIn(after.text, path), entry ?? undefined) &&
    isDeepStrictEqual(others(after.text, path), others(before.text, path));
  return same ? { value: edited } : unsure;
}

function others({ value }: ConfigText, { container, name }: EntryPath): JsonObject {
  const { [container]: servers, ...rest } = value;
  const { [name]: _, ...kept } = isJsonObject(servers) ? servers : {};
  return { ...rest, [container]: kept };
}
