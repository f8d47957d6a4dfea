import { isJsonObject, type JsonObject } from '../core/json.ts';
import type { Client } from './client.ts';
import type { Computer } from './computer.ts';
import { type ConfigFile, readConfigFile } from './config-file.ts';
import { type OtherEntry, otherEntries, type Recognised, recognise } from './recognise.ts';
import { entryIn, openText } from './text/config-text.ts';
import type { EntryPath } from './text/splice.ts';

/** What stands in a client's files. Reads only. */
export interface ReadableFile {
  readonly state: 'readable';
  /** As the platform writes it, for showing. */
  readonly file: string;
  readonly config: ConfigFile;
  readonly at: EntryPath;
  /** The entry of that name; may hold a secret. */
  readonly entry: JsonObject | null;
  readonly recognised: Recognised;
  /** Other servers in the file. */
  readonly others: readonly OtherEntry[];
}

interface BrokenFile {
  readonly state: 'broken';
  readonly file: string;
  /** Completes "the file …". */
  readonly problem: string;
}

export type InspectedFile = ReadableFile | BrokenFile;

export async function inspectFile(client: Client, place: Computer, name: string, file: string): Promise<InspectedFile> {
  const config = readConfigFile(place.onDisk(file));
  if ('problem' in config) return { state: 'broken', file, problem: config.problem };
  const at = { container: client.container, name };
  const opened = await openText(client.format, config.text, at);
  if ('problem' in opened) return { state: 'broken', file, problem: opened.problem };
  const entry = entryIn(opened.text, at);
  return {
    state: 'readable',
    file,
    config,
    at,
    entry: isJsonObject(entry) ? entry : null,
    recognised: recognise(entry),
    others: otherEntries(client, opened.text.value, name),
  };
}

/** Every file of a client, also those that are not there yet. @param name of the entry, such as `lucanto` */
export function inspectClient(client: Client, place: Computer, name: string): Promise<readonly InspectedFile[]> {
  return Promise.all(client.files(place).map((file) => inspectFile(client, place, name, file)));
}
