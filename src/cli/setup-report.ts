/** What setup did, for people and for programs. */
import type { Client } from '../setup/client.ts';
import type { InspectedFile } from '../setup/client-file.ts';
import type { Computer, Launch } from '../setup/computer.ts';
import type { FileResult } from '../setup/connect-file.ts';
import type { PersistedOptions } from '../setup/entry.ts';
import type { CommandContext } from './command.ts';

/** What one run of setup works with. */
export interface SetupRun {
  readonly context: CommandContext;
  readonly place: Computer;
  /** Of our entry. */
  readonly name: string;
  readonly launch: Launch;
  readonly persisted: PersistedOptions;
  /** --yes */
  readonly yes: boolean;
  readonly json: boolean;
  /** Every file of an app, read once. */
  readonly inspect: (client: Client) => Promise<readonly InspectedFile[]>;
}

/** What became of one file of an app, or would become of it. */
export interface SetupResult extends Omit<FileResult, 'problem'> {
  readonly client: Client;
  readonly file: string;
  /** Why, one sentence; null where nothing needs to be said. */
  readonly reason: string | null;
  /** Our entry to paste, where the file could not be edited. */
  readonly snippet: string | null;
}

const COLOURS = { changed: 'green', unchanged: 'dim', failed: 'red' } as const;
const WIDTH = 'unchanged'.length;
const INDENT = ' '.repeat(WIDTH + 2);

export function reportResults(run: SetupRun, results: readonly SetupResult[], removed: boolean): void {
  const { output, settings, profile } = run.context;
  if (run.json) {
    output.json({
      name: run.name,
      results: results.map((result) => ({
        ...plainResult(result),
        backup: result.backup,
        command: result.command,
        notes: result.notes,
        snippet: result.snippet,
        next: result.outcome === 'changed' && !removed ? result.client.next(run.place, run.name) : null,
      })),
    });
    return;
  }
  for (const result of results) reportResult(run, result, removed, false);
  const changed = new Set(results.flatMap(({ client, outcome }) => (outcome === 'changed' ? [client] : [])));
  if (removed) {
    if (profile.state === 'stored') {
      output.prose(`The API key is still stored (profile ${settings.profile}): \`lucanto-mcp logout\` removes it.`);
    }
    return;
  }
  if (changed.size > 0) output.line();
  for (const client of changed) output.prose(`Next: ${client.next(run.place, run.name)}`, '  ');
  if (changed.size > 0) output.prose('If it is not there then, `lucanto-mcp doctor` finds the cause.');
}

/** @param isPreview whether nothing was changed yet */
export function reportResult(
  { context: { output } }: SetupRun,
  { client, file, outcome, reason, backup, notes, command, snippet }: SetupResult,
  removed: boolean,
  isPreview: boolean,
): void {
  const done = removed ? 'removed' : 'connected';
  const word = outcome === 'changed' ? (isPreview ? 'change' : done) : outcome;
  output.prose(
    `${output.style(COLOURS[outcome], word.padEnd(WIDTH))}  ${client.title}  ${output.style('dim', file)}`,
    INDENT,
  );
  const details = [
    ...(reason === null ? [] : [reason]),
    ...(backup === null ? [] : [`Backup: ${backup}`]),
    ...notes,
    ...(command === null || isPreview ? [] : [`With \`${command}\``]),
  ];
  for (const detail of details) output.prose(`${INDENT}${detail}`, INDENT);
  if (snippet === null) return;
  output.prose(`${INDENT}To connect it yourself, put this into the file:`, INDENT);
  output.line();
  output.line(snippet);
  output.line();
}

export function plainResult({ client, file, outcome, reason }: SetupResult): Record<string, unknown> {
  return { client: client.id, title: client.title, file, outcome, reason };
}

/** What is about to be written, for somebody who picked apps at a terminal. */
export function reportEntry({ context, launch, persisted, name }: SetupRun): void {
  const words = [launch.command, ...launch.args, ...persisted.options.flat()].map((word) =>
    /\s/.test(word) ? JSON.stringify(word) : word,
  );
  context.output.note(`Each app gets the entry ${name}, which starts: ${words.join(' ')}`);
}

export function warnAboutNpx({ context, launch }: SetupRun): void {
  if (!launch.throughNpx) return;
  context.output.warn(
    'This runs from the cache of npx, so apps will start it through npx: about 650 ms more at every start, and the first start needs the network. To avoid both, run `npm install -g lucanto-mcp` and then setup without npx.',
  );
}
