import { closeSync, fstatSync, openSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { foreignRights, type Machine } from '../config/paths.ts';
import type { Log } from '../core/log.ts';
import {
  type KnownCatalogue,
  type KnownContract,
  knownCatalogue,
  knownContract,
  knownProtocol,
  knownRejection,
  type ServiceCache,
} from './known-service.ts';

/**
 * What the service said last, per origin and token: its contract and its tool list. It lets the bridge answer
 * `tools/list` at once and offline. Losing it costs a refresh, never more.
 */
const FILES = {
  contract: 'contract.json',
  rejection: 'rejection.json',
  catalogue: 'catalogue.json',
  protocol: 'protocol.json',
} as const;

/** What is kept there, and the folders that it is in. */
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

export class ServiceCacheOnDisk implements ServiceCache {
  readonly #folder: string;
  readonly #log: Log;

  readonly #machine: Pick<Machine, 'platform' | 'userId'>;

  constructor(folder: string, log: Log, machine: Pick<Machine, 'platform' | 'userId'>) {
    this.#folder = folder;
    this.#log = log;
    this.#machine = machine;
  }

  contract(): KnownContract | null {
    return knownContract.safeParse(this.#read(FILES.contract)).data ?? null;
  }

  rejection(): string | null {
    return knownRejection.safeParse(this.#read(FILES.rejection)).data?.reason ?? null;
  }

  catalogue(): KnownCatalogue | null {
    return knownCatalogue.safeParse(this.#read(FILES.catalogue)).data ?? null;
  }

  protocol(): Parameters<ServiceCache['saveProtocol']>[0] | null {
    return knownProtocol.safeParse(this.#read(FILES.protocol)).data ?? null;
  }

  saveContract(contract: KnownContract): Promise<void> {
    return this.#write(FILES.contract, contract);
  }

  async saveRejection(reason: string | null): Promise<void> {
    if (reason === this.rejection()) return;
    if (reason !== null) await this.#write(FILES.rejection, { reason });
    else await rm(join(this.#folder, FILES.rejection), { force: true }).catch(() => undefined);
  }

  saveCatalogue(catalogue: KnownCatalogue): Promise<void> {
    return this.#write(FILES.catalogue, catalogue);
  }

  saveProtocol(protocol: Parameters<ServiceCache['saveProtocol']>[0]): Promise<void> {
    return this.#write(FILES.protocol, protocol);
  }

  async clear(): Promise<void> {
    await rm(this.#folder, { recursive: true, force: true });
  }

  #read(name: string): unknown {
    const path = join(this.#folder, name);
    const text = this.#readTrusted(path);
    if (text === null) return null;
    try {
      return JSON.parse(text);
    } catch {
      this.#log.warn(`${path} cannot be parsed and is ignored; the next refresh replaces it`);
      return null;
    }
  }

  /** What another user can write could describe a delete as a harmless read. */
  #readTrusted(path: string): string | null {
    let descriptor: number | undefined;
    try {
      descriptor = openSync(path, 'r');
      const all = [[path, fstatSync(descriptor)] as const, [this.#folder, statSync(this.#folder)] as const];
      for (const [name, stats] of all) {
        const foreign = foreignRights(stats, this.#machine);
        if (foreign === null) continue;
        this.#log.warn(`${name} ${foreign}, so what is cached there is not used; the service is asked instead`);
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
  async #write(name: string, value: unknown): Promise<void> {
    const path = join(this.#folder, name);
    const draft = `${path}.${process.pid}.${Date.now()}.tmp`;
    try {
      await mkdir(this.#folder, { recursive: true, mode: 0o700 });
      await writeFile(draft, JSON.stringify(value), { mode: 0o600 });
      await rename(draft, path);
    } catch (error) {
      await rm(draft, { force: true }).catch(() => undefined);
      this.#log.warn(
        `${path} could not be written (${error instanceof Error ? error.message : String(error)}); the next start asks the service again`,
      );
    }
  }
}

/** For a process that must leave nothing behind: the demo, and a login that is not verified yet. */
export class ServiceCacheInMemory implements ServiceCache {
  #contract: KnownContract | null = null;
  #rejection: string | null = null;
  #catalogue: KnownCatalogue | null = null;
  #protocol: Parameters<ServiceCache['saveProtocol']>[0] | null = null;

  contract(): KnownContract | null {
    return this.#contract;
  }
  rejection(): string | null {
    return this.#rejection;
  }
  catalogue(): KnownCatalogue | null {
    return this.#catalogue;
  }
  protocol(): Parameters<ServiceCache['saveProtocol']>[0] | null {
    return this.#protocol;
  }
  async saveContract(contract: KnownContract): Promise<void> {
    this.#contract = contract;
  }
  async saveRejection(reason: string | null): Promise<void> {
    this.#rejection = reason;
  }
  async saveCatalogue(catalogue: KnownCatalogue): Promise<void> {
    this.#catalogue = catalogue;
  }
  async saveProtocol(protocol: Parameters<ServiceCache['saveProtocol']>[0]): Promise<void> {
    this.#protocol = protocol;
  }
  async clear(): Promise<void> {
    this.#contract = null;
    this.#rejection = null;
    this.#catalogue = null;
    this.#protocol = null;
  }
}

/** The same, but it stays as it is, whatever is learned. */
export function unchanged(known: ServiceCache): ServiceCache {
  const leave = async () => undefined;
  return {
    contract: () => known.contract(),
    rejection: () => known.rejection(),
    catalogue: () => known.catalogue(),
    protocol: () => known.protocol(),
    saveContract: leave,
    saveRejection: leave,
    saveCatalogue: leave,
    saveProtocol: leave,
    clear: leave,
  };
}
