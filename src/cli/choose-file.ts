/** `setup --file <path>`: the file that a user names, and the kind of it. */
import { pathsOf } from '../config/paths.ts';
import { UsageError } from '../core/errors.ts';
import type { Client } from '../setup/client.ts';
import { CLIENTS } from '../setup/client-table.ts';
import { clientOfFile, kindOfFile } from '../setup/file-client.ts';
import { unknownClient } from './choose-clients.ts';
import type { SetupRun } from './setup-report.ts';

/** @param names an app whose files have the same form; none where the file itself says it. @throws UsageError */
export async function chooseFile(run: SetupRun, path: string, names: readonly string[]): Promise<Client> {
  const { machine } = run.place;
  const [name, ...more] = names;
  if (more.length > 0) {
    throw new UsageError('--file takes one app at most.', { hint: 'Name the app whose files have the same form.' });
  }
  const file = pathsOf(machine).resolve(machine.cwd, path);
  if (name !== undefined) {
    const client = CLIENTS.find(({ id }) => id === name.toLowerCase());
    if (client === undefined) throw unknownClient(name);
    return clientOfFile(client, file);
  }
  const kind = await kindOfFile(file, run.name, run.place);
  if (kind !== null) return { ...clientOfFile(kind, file), id: 'file', title: pathsOf(machine).basename(file) };
  throw new UsageError(`${file} does not show which form its entries have.`, {
    hint: 'Name an app whose files have the same form: `lucanto-mcp setup goose --file <path>`. `lucanto-mcp setup --print` prints an entry to paste.',
  });
}
