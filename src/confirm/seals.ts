/** Seals made with the secret of this installation; those that were used are remembered until they expire. */
import { join } from 'node:path';
import { ledgerUnwritable, privateFolder } from '../writes/files.ts';
import { localSecret } from '../writes/secret.ts';
import type { SealPort } from './gate.ts';
import type { Problem } from './refusals.ts';
import { issueSeal, type Purpose, readSeal, type Seal, type Sealed } from './seal.ts';
import type { Settled } from './settle.ts';
import { spend } from './spent.ts';

export interface SealsDeps {
  /** The write ledger's own folder, made when first needed. */
  readonly folder: string;
  readonly origin: string;
  readonly token: string;
  readonly clock: () => number;
}

export class Seals implements SealPort {
  readonly #deps: SealsDeps;

  constructor(deps: SealsDeps) {
    this.#deps = deps;
  }

  async issue(purpose: Purpose, settled: Settled): Promise<Seal> {
    return issueSeal(await this.#secret(), purpose, this.#sealed(settled), this.#deps.clock());
  }

  async read(purpose: Purpose, text: string, settled: Settled): Promise<Seal | Problem> {
    return readSeal(await this.#secret(), purpose, text, this.#sealed(settled), this.#deps.clock());
  }

  spend(seal: Seal): Promise<boolean> {
    return spend(join(this.#deps.folder, 'confirmed'), seal, this.#deps.clock());
  }

  #sealed({ tool, args, facts, workspace, allowDuplicate }: Settled): Sealed {
    const { origin, token } = this.#deps;
    const { name } = tool.descriptor;
    return { origin, token, workspace: workspace?.id ?? null, tool: name, args, allowDuplicate, shown: facts };
  }

  async #secret(): Promise<Buffer> {
    const { folder } = this.#deps;
    try {
      await privateFolder(folder);
    } catch (error) {
      throw ledgerUnwritable(folder, error);
    }
    return localSecret(folder);
  }
}
