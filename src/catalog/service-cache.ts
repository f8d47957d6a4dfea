import { closeSync, fstatSync, openSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import * as z from 'zod';
import { foreignRights, type Machine } from '../config/paths.ts';
import type { Log } from '../core/log.ts';

/**
 * What the service said last, per origin and token: its contract and its tool list. It lets the bridge answer
 * `tools/list` at once and offline. Losing it costs a refresh, never more. Each file is a schema, which also is its
 * documentation.
 */

/** ISO 8601, when the service last confirmed it. The front renews it in place, so it comes first in each file. */
const fetchedAt = z.string();

/** `contract.json` */
const knownContract = z
  .object({
    fetchedAt,
    etag: z.string().nullable().default(null),
    /** The document, verbatim. */
    text: z.string(),
  })
  .readonly();
export type KnownContract = z.infer<typeof knownContract>;

/** A tool as the user first saw it: hashes of what it says, and its hints. */
const seenTool = z
  .object({ description: z.string(), arguments: z.string(), hints: z.record(z.string(), z.boolean()).readonly() })
  .readonly();
export type SeenTool = z.infer<typeof seenTool>;

/** `rejection.json`: why the newest contract of the service cannot be used. */
const knownRejection = z.object({ reason: z.string() }).readonly();

/** `catalogue.json` */
const knownCatalogue = z
  .object({
    fetchedAt,
    /** `tools/list` of the remote endpoint, verbatim. */
    tools: z.array(z.unknown()).readonly(),
    /** Resources that the tool list does not mention, and whether their list could be read. */
    probes: z.record(z.string(), z.boolean()).readonly(),
    workspaces: z
      .array(z.object({ id: z.string(), name: z.string() }).readonly())
      .readonly()
      .nullable(),
    /** Why there may be further ones. */
    workspacesStopped: z.string().optional(),
    /** Each tool as it was at the last login, or when it first came; absent in files of earlier versions. */
    seen: z.record(z.string(), seenTool).readonly().optional(),
    /** What changed since, by tool. */
    changes: z.record(z.string(), z.array(z.string()).readonly()).readonly().optional(),
  })
  .readonly();
export type KnownCatalogue = z.infer<typeof knownCatalogue>;

/** `protocol.json`: how the remote endpoint wants to be spoken to; remembering it spares a round trip at the next start. */
const knownProtocol = z.object({ version: z.string() }).readonly();

interface Store {
  /** Undefined where there is no such file that can be used. */
  readonly read: (name: string) => unknown;
  /** Without a value the file is gone. */
  readonly write: (name: string, value?: unknown) => Promise<void>;
  readonly clear: () => Promise<void>;
}

export class ServiceCache {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  contract(): KnownContract | null {
    return knownContract.safeParse(this.#store.read('contract.json')).data ?? null;
  }

  /** Why the service's newest contract cannot be used; null where it can. */
  rejection(): string | null {
    return knownRejection.safeParse(this.#store.read('rejection.json')).data?.reason ?? null;
  }

  catalogue(): KnownCatalogue | null {
    return knownCatalogue.safeParse(this.#store.read('catalogue.json')).data ?? null;
  }

  protocol(): z.infer<typeof knownProtocol> | null {
    return knownProtocol.safeParse(this.#store.read('protocol.json')).data ?? null;
  }

  saveContract(contract: KnownContract): Promise<void> {
    return this.#store.write('contract.json', contract);
  }

  async saveRejection(reason: string | null): Promise<void> {
    if (reason !== this.rejection())
      await this.#store.write('rejection.json', reason === null ? undefined : { reason });
  }

  saveCatalogue(catalogue: KnownCatalogue): Promise<void> {
    return this.#store.write('catalogue.json', catalogue);
  }

  saveProtocol(protocol: z.infer<typeof knownProtocol>): Promise<void> {
    return this.#store.write('protocol.json', protocol);
  }

  clear(): Promise<void> {
    return this.#store.clear();
  }

  /** The same, but it stays as it is, whatever is learned. */
  unchanged(): ServiceCache {
    const leave = async () => undefined;
    return new ServiceCache({ read: this.#store.read, write: leave, clear: leave });
  }
}

/** For a process that must leave nothing behind: the demo, and a login that is not verified yet. */
export function inMemory(): Store {
  const files = new Map<string, unknown>();
  return {
    read: (name) => files.get(name),
    write: async (name, value) => void files.set(name, value),
    clear: async () => files.clear(),
  };
}

export function onDisk(folder: string, log: Log, machine: Pick<Machine, 'platform' | 'userId'>): Store {
  return {
    read: (name) => {
      const path = join(folder, name);
      const text = readTrusted(path, folder, log, machine);
      if (text === null) return undefined;
      try {
        return JSON.parse(text);
      } catch {
        log.warn(`${path} cannot be parsed and is ignored; the next refresh replaces it`);
        return undefined;
      }
    },
    write: (name, value) =>
      value === undefined
        ? rm(join(folder, name), { force: true }).catch(() => undefined)
        : replace(folder, name, value, log),
    clear: () => rm(folder, { recursive: true, force: true }),
  };
}

/** What another user can write could describe a delete as a harmless read. */
function readTrusted(
  path: string,
  folder: string,
  log: Log,
  machine: Pick<Machine, 'platform' | 'userId'>,
): string | null {
  let descriptor: number | undefined;
  try {
    descriptor = openSync(path, 'r');
    const all = [[path, fstatSync(descriptor)] as const, [folder, statSync(folder)] as const];
    for (const [name, stats] of all) {
      const foreign = foreignRights(stats, machine);
      if (foreign === null) continue;
      log.warn(`${name} ${foreign}, so what is cached there is not used; the service is asked instead`);
      return null;
    }
    return readFileSync(descriptor, 'utf8');
  } catch {
    return null;
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}

/** Written beside and renamed: a reader in another copy of the bridge sees the old file or the new one. */
async function replace(folder: string, name: string, value: unknown, log: Log): Promise<void> {
  const path = join(folder, name);
  const draft = `${path}.${process.pid}.${Date.now()}.tmp`;
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    // A service may echo the token in what it says of itself.
    await writeFile(draft, log.secrets.maskedJson(value, JSON.stringify(value)), { mode: 0o600 });
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true }).catch(() => undefined);
    const why = error instanceof Error ? error.message : String(error);
    log.warn(`${path} could not be written (${why}); the next start asks the service again`);
  }
}

export function cachePaths(folder: string): readonly string[] {
  return [dirname(folder), folder, ...namesIn(folder).map((name) => join(folder, name))];
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
