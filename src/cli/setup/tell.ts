/** What setup did, for people and for programs. */
import { commandLine } from '../../auth/login-line.ts';
import type { JsonObject } from '../../json.ts';
import type { Client } from '../../setup/clients/client.ts';
import { freshEntry } from '../../setup/wanted.ts';
import type { CommandContext } from '../command.ts';
import type { Preview } from './preview.ts';
import type { Result, SetupRun } from './run.ts';

const COLOURS = { changed: 'green', unchanged: 'dim', failed: 'red' } as const;

export function tellResults(run: SetupRun, results: readonly Result[], removed: boolean): void {
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

export function tellPreviews({ context, json, name }: SetupRun, previews: readonly Preview[]): void {
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
export function tellEntry({ context, launch, carried, name }: SetupRun): void {
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

export function tellLaunch({ context, launch }: SetupRun): void {
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
