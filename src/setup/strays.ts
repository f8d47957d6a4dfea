/** Entries beside the one that setup writes: under another name, or for one folder only. */
import { isJsonObject, type JsonObject } from '../json.ts';
import type { Client } from './clients/client.ts';
import { type Recognised, recognise } from './recognise.ts';

export interface OtherEntry {
  readonly name: string;
  /** Null where it holds everywhere. */
  readonly folder: string | null;
  /** May hold a secret. */
  readonly entry: JsonObject;
  readonly recognised: Recognised;
}

/** Where the service's own page sends people. */
export type IsService = (origin: string) => boolean;

/** @param value the file's whole @param name of our own entry, which is not among them */
export function otherEntries({ container, byFolder }: Client, value: JsonObject, name: string): readonly OtherEntry[] {
  const own = isJsonObject(value[container]) ? value[container] : {};
  const { [name]: _, ...others } = own;
  return [
    ...entriesOf(others, null),
    ...Object.entries(byFolder?.(value) ?? {}).flatMap(([folder, servers]) => entriesOf(servers, folder)),
  ];
}

/** The service's own address, or a token of it: entries of other services are none of our business. */
export function isServiceEntry({ kind, origin, token }: Recognised, isService: IsService): boolean {
  return kind === 'url' && ((origin !== null && isService(origin)) || token?.startsWith('lct_') === true);
}

/** What such an entry is and how to get rid of it, after ours is there: one clause. */
export function strayNote({ name, folder, recognised }: OtherEntry): string {
  const what = `the service's address${recognised.token === null ? '' : ' and a token in plain text'}`;
  return folder === null
    ? `the file also has an entry ${name} with ${what}: take that one out`
    : `the folder ${folder} has an entry ${name} of its own with ${what}: run ${removalLine(name)} there`;
}

/** Only Claude Code has entries for one folder. */
export function removalLine(name: string): string {
  return `\`claude mcp remove --scope local ${name}\``;
}

function entriesOf(servers: unknown, folder: string | null): readonly OtherEntry[] {
  return Object.entries(isJsonObject(servers) ? servers : {}).flatMap(([name, entry]) =>
    isJsonObject(entry) ? [{ name, folder, entry, recognised: recognise(entry) }] : [],
  );
}
