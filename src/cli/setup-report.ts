import { commandLine } from '../auth/credential.ts';
import type { JsonObject } from '../core/json.ts';
import type { Client } from '../setup/client.ts';
import { planChange, unifiedDiff } from '../setup/config-change.ts';
import { disconnectFile, ownCommandLine } from '../setup/connect-file.ts';
import { type InspectedFile, inspectClient, type ReadableFile } from '../setup/inspect-file.ts';
import { freshEntry, wantedEntry } from '../setup/persisted-options.ts';
import type { CommandContext } from './command.ts';
import { refusal } from './connect-client.ts';
import type { Result, SetupRun } from './setup-run.ts';

/** `--dry-run`: what would become of every file, as a diff; nothing is written, run or asked. */
interface Preview {
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

/** What setup did, for people and for programs. */
const COLOURS = { changed: 'green', unchanged: 'dim', failed: 'red' } as const;

export function reportResults(run: SetupRun, results: readonly Result[], removed: boolean): void {
  const { context, json } = run;
  if (json) {
    context.output.json({
      name: run.name,
      results: results.map((result) => ({
        ...plain(result),
        backup: result.backup,
        command: result.command,
        notes: result.notes,
        snippet: result.snippet,
        next: result.outcome === 'changed' ? result.client.next(run.place, run.name) : null,
        link: removed ? null : linkOf(result.client, run, result.entry),
      })),
    });
    return;
  }
  for (const result of results) {
    tellOne(context, result);
    for (const note of [...(result.backup === null ? [] : [`backup: ${result.backup}`]), ...result.notes]) {
      context.output.line(`           ${note}`);
    }
    if (result.command !== null) context.output.line(`           with \`${result.command}\``);
    if (result.snippet === null) continue;
    context.output.line('           To do it yourself, put this into the file:');
    context.output.line();
    context.output.line(result.snippet);
    context.output.line();
  }
  const clients = [...new Set(results.map(({ client }) => client))];
  const changed = clients.filter((client) => results.some((one) => one.client === client && one.outcome === 'changed'));
  if (changed.length > 0) context.output.line();
  for (const client of changed) context.output.line(`Next: ${client.next(run.place, run.name)}`);
  if (removed) return;
  if (changed.length > 0) context.output.line('If it is not there then, `lucanto-mcp doctor` says why.');
  for (const { client, outcome, entry } of results) {
    const link = outcome === 'unchanged' ? null : linkOf(client, run, entry);
    if (link !== null) context.output.line(`${client.title} can also be connected with this link: ${link}`);
  }
}

export function reportPreviews({ context, json, name }: SetupRun, previews: readonly Preview[]): void {
  if (json) {
    context.output.json({
      name,
      dry_run: true,
      results: previews.map((one) => ({ ...plain(one), diff: one.diff, command: one.command })),
    });
    return;
  }
  for (const one of previews) {
    tellOne(context, one);
    if (one.command !== null) context.output.line(`           with: ${one.command}`);
    if (one.diff === null) continue;
    context.output.line();
    for (const line of one.diff.split('\n')) context.output.line(coloured(context, line));
    context.output.line();
  }
  context.output.note('note: this was a dry run; nothing was written.');
}

/** What is about to be written, for who picked apps at a terminal. */
export function reportEntry({ context, launch, carried, name }: SetupRun): void {
  const words = [launch.command, ...launch.args, ...carried.options.flat()].map((word) =>
    /\s/.test(word) ? JSON.stringify(word) : word,
  );
  context.output.note(`Each gets the entry ${name}, which starts: ${words.join(' ')}`);
}

/** Why an app may be connected and still not work. */
export function warnAboutToken({ context }: SetupRun, problem: string | null, onlyHere: string | null): void {
  const { output, settings } = context;
  if (onlyHere !== null) {
    output.warn(
      `The token comes from ${onlyHere}, which apps do not see: run \`${commandLine('login', settings)}\` to store it.`,
    );
  } else if (problem !== null) {
    output.warn(`${problem} Run \`${commandLine('login', settings)}\`; until then the app's calls say the same.`);
  }
}

export function reportLaunch({ context, launch }: SetupRun): void {
  if (!launch.throughNpx) return;
  context.output.warn(
    'This runs from the cache of npx, so apps will start it through npx: about 650 ms more at every start, and the first start needs the network. After `npm install -g lucanto-mcp`, run lucanto-mcp setup without npx: that avoids both.',
  );
}

export function linkOf(client: Client, { launch, carried, name }: SetupRun, entry: JsonObject | null): string | null {
  return client.deepLink?.(name, entry ?? freshEntry(client, launch, carried)) ?? null;
}

function tellOne({ output }: CommandContext, { client, file, outcome, reason }: Result | Preview): void {
  const word = output.style(COLOURS[outcome], outcome.padEnd(9));
  output.line(`${word}  ${client.title}  ${file}`);
  if (reason !== null) output.line(`           ${reason}`);
}

function plain({ client, file, outcome, reason }: Result | Preview): Record<string, unknown> {
  return { client: client.id, title: client.title, file, outcome, reason };
}

function coloured({ output }: CommandContext, line: string): string {
  if (line.startsWith('+')) return output.style('green', line);
  return line.startsWith('-') ? output.style('red', line) : line;
}

/** Takes our entry out of every file of a client. Entries that are not ours stay. */
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
