import { EXIT, type ExitCode } from '../core/errors.ts';
import { redact } from '../core/log.ts';
import { type Client, withOptions } from '../setup/client.ts';
import { type InspectedFile, planChange } from '../setup/client-file.ts';
import { ownCommandLine } from '../setup/connect-file.ts';
import { desiredEntry, freshEntry } from '../setup/entry.ts';
import {
  CONNECTED_BEFORE,
  LIKELY,
  NOT_CONNECTED,
  plainResult,
  refusal,
  reportResult,
  resultOf,
  type SetupResult,
  type SetupRun,
  snippetOf,
  warnAboutNpx,
} from './connect-client.ts';

/** What setup would write, shown without writing it: entries to paste (--print) and changes as a diff (--dry-run). */

const SECRET_MEMBER =
  /((?:token|key|secret|passw(?:or)?d|auth|credential|bearer|dsn|cookie)[\w-]*["']?\s*[:=]\s*)(["'])(?:\\.|(?!\2).)*\2/gi;
/** Not what people write by hand, nor an id of a workspace. */
const LONG_WORD = /(["'])(?![\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}\1)[\w+=-]{24,}\1/gi;

/** What a change does to a file, as `diff -u` shows it, without the secrets of the neighbours. */
export async function unifiedDiff(file: string, before: string, after: string): Promise<string> {
  const { createTwoFilesPatch, FILE_HEADERS_ONLY } = await import('diff');
  const old = before === '' ? '/dev/null' : file;
  const lf = (text: string) => text.replaceAll('\r\n', '\n');
  const options = { context: 2, headerOptions: FILE_HEADERS_ONLY };
  const patch = createTwoFilesPatch(old, file, lf(before), lf(after), undefined, undefined, options);
  const lines = patch.replace(/\n$/, '').split('\n');
  // Also what is added: a neighbour's line that merely gets a comma is removed and added.
  const masked = lines.map((line) => line.replace(SECRET_MEMBER, '$1$2…$2').replace(LONG_WORD, '$1…$1'));
  return redact(masked.join('\n'));
}

export async function printEntries(run: SetupRun, clients: readonly Client[]): Promise<void> {
  const { output } = run.context;
  const snippets = await Promise.all(
    clients.map(async (client) => ({
      client,
      files: client.files(run.place),
      snippet: await snippetOf(client, run),
      link: client.deepLink?.(run.name, freshEntry(client, run.launch, run.persisted, run.name)) ?? null,
    })),
  );
  if (run.json) {
    output.json({ name: run.name, snippets: snippets.map(({ client, ...rest }) => ({ client: client.id, ...rest })) });
    return;
  }
  for (const { client, files, snippet, link } of snippets) {
    output.note(`For ${client.title}, put this into ${files.join(' or ')}:`);
    if (client.isLikely?.(run.place) === true) output.note(LIKELY);
    output.line(snippet);
    if (link !== null) output.note(`Or open this link: ${link}`);
  }
}

/** For an app that setup does not know: the entry that most take, and what it is made of. */
export function printAnyEntry(run: SetupRun): void {
  const { output } = run.context;
  const { command, args } = withOptions(run.launch, run.persisted.options);
  const snippet = JSON.stringify({ mcpServers: { [run.name]: { command, args } } }, undefined, 2);
  if (run.json) {
    output.json({ name: run.name, snippets: [{ client: null, files: [], snippet, link: null }], command, args });
    return;
  }
  output.note('Most apps take this: paste it into the file where the app keeps its MCP servers, beside what is there.');
  output.line(snippet);
  output.note(
    `Where an app asks for the parts: the type is stdio (a local program), the name ${run.name}, the command ${command}, and its arguments, one each, ${args.join(' ')}. No key belongs there: lucanto-mcp has it.`,
  );
  output.note(
    '`lucanto-mcp setup --list` names the apps that setup connects by itself; `lucanto-mcp setup --file <path>` writes the entry into a file.',
  );
}

/** Nothing is written, run or asked. */
export async function previewChanges(run: SetupRun, clients: readonly Client[], remove: boolean): Promise<ExitCode> {
  const { output } = run.context;
  const all = clients.map(async (client) =>
    (await run.inspect(client)).map((file) => previewOf(client, run, file, remove)),
  );
  const previews = await Promise.all((await Promise.all(all)).flat());
  if (run.json) {
    const results = previews.map(({ diff, ...result }) => ({ ...plainResult(result), diff, command: result.command }));
    output.json({ name: run.name, dry_run: true, results });
  } else {
    for (const { diff, ...result } of previews) {
      reportResult(run, result, remove, true);
      if (result.command !== null) output.line(`  with: ${result.command}`);
      if (diff === null) continue;
      output.line();
      for (const line of diff.split('\n')) {
        if (/^[+-]/.test(line)) output.line(output.style(line.startsWith('+') ? 'green' : 'red', line));
        else output.line(line);
      }
      output.line();
    }
    output.note('This was a dry run; nothing was written.');
  }
  if (!remove) warnAboutNpx(run);
  return previews.some(({ outcome }) => outcome === 'failed') ? EXIT.failed : EXIT.done;
}

async function previewOf(client: Client, run: SetupRun, file: InspectedFile, remove: boolean) {
  const as = (outcome: SetupResult['outcome'], reason: string | null) => ({
    ...resultOf(client, file.file, outcome, reason),
    diff: null,
  });
  if (file.state === 'broken') return as('failed', refusal(file));
  if (remove && file.recognised.kind !== 'ours') return as('unchanged', NOT_CONNECTED);
  const refused = refusal(file);
  if (refused !== null) return as('failed', refused);
  const entry = remove ? null : desiredEntry(client, run.launch, run.persisted, file).entry;
  const plan = await planChange(client, file, entry);
  if (plan.outcome === 'failed') return as('failed', `The file ${plan.problem}.`);
  if (plan.outcome === 'unchanged') return as('unchanged', CONNECTED_BEFORE);
  const move =
    'The API key in the earlier entry would be verified and moved into the store first (with --yes, or when you agree).';
  return {
    ...as('changed', remove || file.recognised.token === null ? null : move),
    diff: await unifiedDiff(file.file, file.config.text, plan.bytes?.toString('utf8').replace(/^\uFEFF/, '') ?? ''),
    command: ownCommandLine(client, run.place, file, entry),
  };
}
