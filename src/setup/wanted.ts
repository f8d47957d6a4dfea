/** The entry that setup wants to see, given the one that is there. */
import { isJsonObject, type JsonObject } from '../json.ts';
import { type Carried, FLAGS, type Option, optionsIn } from './carried.ts';
import type { Client } from './clients/client.ts';
import type { ReadableFile } from './inspect.ts';
import type { Launch } from './launch.ts';
import { wordsOf } from './recognise.ts';

export interface Wanted {
  readonly entry: JsonObject;
  /** Options of the earlier entry that this run said nothing about. */
  readonly kept: readonly string[];
}

/**
 * An earlier entry of ours keeps what the user has put there: members that are not ours to write, and options that
 * this run does not mention. A second run without --read-only must not open what the first one closed.
 */
export function wantedEntry(client: Client, launch: Launch, carried: Carried, present: ReadableFile): Wanted {
  const { entry, recognised } = present;
  if (entry === null || recognised.kind !== 'ours') {
    return { entry: freshEntry(client, launch, carried), kept: [] };
  }
  const kept = optionsIn(wordsOf(entry)).filter(([flag]) => !carried.decided.includes(flag));
  const { env: freshEnv, ...fresh } = client.entry(withOptions(launch, [...carried.options, ...kept]));
  const env = { ...keptVariables(entry), ...(isJsonObject(freshEnv) ? freshEnv : {}) };
  const { env: _, ...others } = entry;
  return {
    entry: { ...others, ...fresh, ...((Object.keys(env).length > 0 || isJsonObject(entry.env)) && { env }) },
    kept: kept.flat(),
  };
}

/** Our entry where there was none. */
export function freshEntry(client: Client, launch: Launch, carried: Carried): JsonObject {
  return client.entry(withOptions(launch, carried.options));
}

function withOptions(launch: Launch, options: readonly Option[]): Launch {
  const ordered = FLAGS.flatMap((flag) => options.filter(([own]) => own === flag));
  return { ...launch, args: [...launch.args, ...ordered.flat()] };
}

/** A token belongs into the store, and a PATH that was written for npx goes with npx. */
function keptVariables({ env, ...entry }: JsonObject): JsonObject {
  if (!isJsonObject(env)) return {};
  const { LUCANTO_TOKEN: _, PATH, ...kept } = env;
  const forNpx = wordsOf(entry).some((word) => word.startsWith('lucanto-mcp@'));
  return { ...kept, ...(PATH !== undefined && !forNpx && { PATH }) };
}
