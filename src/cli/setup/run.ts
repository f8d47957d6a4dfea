/** What one run of setup works with. */
import type { JsonObject } from '../../json.ts';
import type { Carried } from '../../setup/carried.ts';
import type { Client } from '../../setup/clients/client.ts';
import type { Launch } from '../../setup/launch.ts';
import type { Place } from '../../setup/place.ts';
import type { CommandContext } from '../command.ts';

export interface SetupRun {
  readonly context: CommandContext;
  readonly place: Place;
  /** Of our entry. */
  readonly name: string;
  readonly launch: Launch;
  readonly carried: Carried;
  /** --yes */
  readonly yes: boolean;
  readonly json: boolean;
}

/** What became of one file of a client. */
export interface Result {
  readonly client: Client;
  readonly file: string;
  readonly outcome: 'changed' | 'unchanged' | 'failed';
  /** Why, one sentence; null where there is nothing to say. */
  readonly reason: string | null;
  /** The backup's name, in the folder of the file. */
  readonly backup: string | null;
  /** The client's own command, where that was used. */
  readonly command: string | null;
  readonly notes: readonly string[];
  /** Our entry as it is in the file now; null where it is not. */
  readonly entry: JsonObject | null;
  /** What a user can paste, where the file could not be edited. */
  readonly snippet: string | null;
}
