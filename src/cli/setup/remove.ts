/** Takes our entry out of every file of a client. Entries that are not ours stay. */
import type { Client } from '../../setup/clients/client.ts';
import { disconnectFile } from '../../setup/connect.ts';
import { inspectClient } from '../../setup/inspect.ts';
import type { Result, SetupRun } from './run.ts';

export async function removeFrom(client: Client, run: SetupRun): Promise<readonly Result[]> {
  const results: Result[] = [];
  for (const file of await inspectClient(client, run.place, run.name)) {
    const base = { client, file: file.file, backup: null, command: null, notes: [], entry: null, snippet: null };
    if (file.state === 'broken') {
      const reason = `The file ${file.problem}; it was left as it is.`;
      results.push({ ...base, outcome: 'failed', reason });
    } else if (file.recognised.kind !== 'ours') {
      const reason =
        file.recognised.kind === 'none'
          ? null
          : `The entry ${run.name} in it is not of lucanto-mcp and was left alone.`;
      results.push({ ...base, outcome: 'unchanged', reason });
    } else {
      const done = await disconnectFile(client, run.place, file, run.context.clock());
      results.push(
        done.outcome === 'failed'
          ? { ...base, outcome: 'failed', reason: `The file ${done.problem}.`, notes: done.notes }
          : {
              ...base,
              outcome: done.outcome,
              reason: null,
              command: done.command,
              notes: done.notes,
              backup: done.outcome === 'changed' ? done.backup : null,
            },
      );
    }
  }
  return results;
}
