import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join, relative, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '../..');
const program = join(root, 'bin/lucanto-mcp.js');

/** Words that this project no longer uses, as a pattern, and the word that replaced each. */
const REPLACED: readonly (readonly [RegExp, string])[] = [
  [/\bAnswerWish\b|\btakeWish\b|\bwish(es)?\b/i, 'answer options'],
  [/\blasting(Of|Operation|Remote)?\b/, 'irreversible'],
  [/\bPassages?\b|\bPassengers?\b/i, 'write attempt'],
  [/\bFlights?\b|\blanded\b/, 'in-flight write, settled'],
  [/\btwin(s|Note)?\b/i, 'concurrent duplicate, equivalent'],
  [/\bseal(s|ed)?\b/i, 'confirmation token'],
  [/\bofferedTools\b|\bclass Offer\b/, 'catalogue snapshot, applyOptions'],
  [/\bremarks?\b|\bwithRemarks\b/i, 'truncation notice, hint'],
  [/\bcarried(Options)?\b(?! out)/, 'persisted options'],
  [/\bstrays?\b/i, 'conflicting entries'],
  [/\bwitness(es)?\b/i, 'source of truth, evidence'],
  [/\bGiant\b/i, 'oversized value'],
  [/\bpatience\b/i, 'time budget'],
  [/\bclass Turns\b/, 'serial queue'],
  [/\b(type|interface) (Ending|Verdict|Ticket|Written)\b/, 'write outcome, failure class, send context, write result'],
  [/\btell(Login|Setup|People|Support|Results|Previews|Entry|Launch)\b/, 'report'],
  [/\btool-?makers?\b/i, 'tool factories'],
  [/\bassumed(Tool)?\b/, 'provisional'],
  [/\b(tokenTrouble|wayTrouble|Trouble)\b/, 'failure'],
  [/\bsought(By)?\b/i, 'missing resource'],
  [/\bstatedVariable\b/, 'set variable'],
  [/\bhumanOf\b/, 'confirmer'],
  [/\beras?\b/i, 'protocol version, legacy and current'],
  [/\b(earlierTaken|onTaken)\b/, 'drained'],
  [/\blooksOnly\b/, 'read-only inspection'],
  [/\b(isPassing|isOutward|isEcho|FREE_RESOURCE)\b/, 'ephemeral, external, redundant, unscoped resource'],
  [/\binsistOnVerification\b/, 'requireTlsVerification'],
  [/\bjudge[ds]?\b/i, 'evaluate'],
  [/\bmap of the house\b/i, 'source layout'],
  [/\bis not known here\b/i, 'unknown argument'],
  [
    /(?<!there )\bis none\b|(?<!there )\bis no (number|date|port|file|folder|json|valid)\b/i,
    'is not a …, there is no …',
  ],
  [/\bwith these put right\b/i, 'fix these and call again'],
  [/\bmake another one\b/i, 'create it even if an identical one was just created'],
  [/\bcould not be asked what it offers\b/i, 'could not refresh the tool list'],
  [/\bopen to others on this computer\b/i, 'can be read by other users of this computer'],
  [/\basks nobody\b|\bas last known\b/i, 'from the local cache, without a network request'],
  [/\bwhat is said on stderr\b/i, 'log level'],
  [/\bwhere the service is\b(?! )/i, 'service URL'],
  [/\bsummed apart\b/i, 'totalled separately'],
  [/\bfirms?\b(?!\|)/i, 'company'],
  [/\bwhoever\b|\bwhichever\b|\bshall\b|\bits like\b|\bwhat was asked for\b|\bis told of\b/i, 'a short main clause'],
];

const sources = filesIn(join(root, 'src'), '.ts');
const documents = [
  ...['README.md', 'CHANGELOG.md', 'CONTRIBUTING.md'].map((name) => join(root, name)),
  ...filesIn(join(root, 'docs'), '.md'),
];
const COMMANDS = ['', 'serve', 'login', 'logout', 'status', 'tools', 'call', 'setup', 'doctor', 'history', 'demo'];

describe('The words of this project', () => {
  it.each(REPLACED)('avoid %s in the source and the documents, and say: %s', (pattern) => {
    const hits = [...sources, ...documents].flatMap((file) =>
      linesWith(readFileSync(file, 'utf8'), pattern, relative(root, file)),
    );
    expect(hits).toEqual([]);
  });

  it('avoid the replaced words in every help text', () => {
    const texts = COMMANDS.map((command) => [command, helpOf(command)] as const);
    expect(texts.filter(([, text]) => text.length < 100)).toEqual([]);
    const hits = texts.flatMap(([command, text]) =>
      REPLACED.flatMap(([pattern]) => linesWith(text, pattern, `${command || 'lucanto-mcp'} --help`)),
    );
    expect(hits).toEqual([]);
  });
});

describe('The names of this project', () => {
  it('give no two files of src the same base name', () => {
    expect(repeated(sources.map((file) => [basename(file), relative(root, file)]))).toEqual([]);
  });

  it('give no two exports of src the same name', () => {
    const exported = sources.flatMap((file) =>
      [...readFileSync(file, 'utf8').matchAll(EXPORT)].map(([, name = '']): [string, string] => [
        name,
        relative(root, file),
      ]),
    );
    expect(exported.length).toBeGreaterThan(300);
    expect(repeated(exported)).toEqual([]);
  });
});

const EXPORT = /^export (?:abstract )?(?:async )?(?:function\*?|const|class|interface|type|enum) (\w+)/gm;

function filesIn(folder: string, ending: string): string[] {
  try {
    return readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && entry.name.endsWith(ending))
      .map((entry) => join(entry.parentPath, entry.name));
  } catch {
    return [];
  }
}

function helpOf(command: string): string {
  const args = command === '' ? ['--help'] : [command, '--help'];
  return execFileSync(process.execPath, [program, ...args], { encoding: 'utf8' });
}

function linesWith(text: string, pattern: RegExp, where: string): string[] {
  return text
    .split('\n')
    .flatMap((line, index) => (pattern.test(line) ? [`${where}:${index + 1}: ${line.trim()}`] : []));
}

/** Names that stand in more than one place, with the places. */
function repeated(pairs: readonly (readonly [string, string])[]): string[] {
  const places = new Map<string, Set<string>>();
  for (const [name, place] of pairs) places.set(name, (places.get(name) ?? new Set()).add(place));
  return [...places].filter(([, found]) => found.size > 1).map(([name, found]) => `${name}: ${[...found].join(', ')}`);
}
