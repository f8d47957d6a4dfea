/** `--dry-run`: what would become of every file, as a diff; nothing is written, run or asked. */
import { planChange } from '../../setup/change.ts';
import type { Client } from '../../setup/clients/client.ts';
import { ownCommandLine } from '../../setup/connect.ts';
import { unifiedDiff } from '../../setup/diff.ts';
import { type InspectedFile, inspectClient, type ReadableFile } from '../../setup/inspect.ts';
import { wantedEntry } from '../../setup/wanted.ts';
import { refusal } from './connect.ts';
import type { SetupRun } from './run.ts';

export interface Preview {
  readonly client: Client;
  readonly file: string;
  readonly outcome: 'changed' | 'unchanged' | 'failed';
  readonly reason: string | null;
  readonly diff: string | null;
  /** The client's own command that would be run instead of editing. */
  readonly command: string | null;
}

export async function previewOf(client: Client, run: SetupRun, remove: boolean): Promise<readonly Preview[]> {
  const files = await inspectClient(client, run.place, run.name);
  return Promise.all(files.map((file) => preview(client, run, file, remove)));
}

async function preview(client: Client, run: SetupRun, file: InspectedFile, remove: boolean): Promise<Preview> {
  const base = { client, file: file.file, reason: null, diff: null, command: null };
  const refused = refusal(file);
  if (file.state === 'broken') return { ...base, outcome: 'failed', reason: refused };
  if (remove && file.recognised.kind !== 'ours') return { ...base, outcome: 'unchanged' };
  if (refused !== null) return { ...base, outcome: 'failed', reason: refused };
  const entry = remove ? null : wantedEntry(client, run.launch, run.carried, file).entry;
  const plan = await planChange(client, file, entry);
  if (plan.outcome === 'failed') return { ...base, outcome: 'failed', reason: `The file ${plan.problem}.` };
  if (plan.outcome === 'unchanged') return { ...base, outcome: 'unchanged' };
  return {
    ...base,
    outcome: 'changed',
    reason: remove ? null : tokenRemark(file),
    diff: await unifiedDiff(file.file, file.config.text, plan.text ?? ''),
    command: ownCommandLine(client, run.place, file, entry),
  };
}

function tokenRemark({ recognised }: ReadableFile): string | null {
  if (recognised.token === null) return null;
  return 'The token in the earlier entry would be verified with the service and moved into the store first (with --yes, or when you agree).';
}
