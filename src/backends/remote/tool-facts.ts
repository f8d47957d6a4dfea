/** What a remote tool's name and hints say about it, where no operation of the contract says it better. */
import type { JsonObject, ToolHints } from '../../catalog/tool.ts';
import { type Lasting, lastingOperation, lastingRemote } from '../../contract/lasting.ts';
import { human, plural, snake } from '../../contract/naming.ts';
import type { Operation, Tier } from '../../contract/operation.ts';
import { isObject } from './reply.ts';

const PREFIX = /^lucanto[_-]/;
const CREATE_VERBS = new Set(['create', 'add']);
const WRITE_VERBS = new Set([...CREATE_VERBS, 'update', 'edit']);

/** Words of the name, without the service's own. */
function wordsOf(name: string): string {
  return snake(name.replace(PREFIX, ''));
}

/** `read` only where the tool itself says so; what is neither that nor a create or an update asks for the most. */
export function tierOf(name: string, hints: ToolHints): Tier {
  if (hints.readOnlyHint) return 'read';
  const [verb = ''] = wordsOf(name).split('_');
  return WRITE_VERBS.has(verb) ? 'write' : 'manage';
}

/** Whether calling it again makes a second one. */
export function isCreate(name: string): boolean {
  const [verb = ''] = wordsOf(name).split('_');
  return CREATE_VERBS.has(verb);
}

/** `lucanto_archive_project` is about `projects`. */
export function resourceOf(name: string): string {
  const words = wordsOf(name);
  const noun = words.slice(words.indexOf('_') + 1);
  return plural(noun === '' ? 'record' : noun);
}

/** The longest of the contract's resources that the name speaks of: `lucanto_mark_invoice_paid` is about `invoices`. */
export function knownResource(name: string, resources: readonly string[]): string | null {
  const words = wordsOf(name).split('_').slice(1);
  for (let length = words.length; length > 0; length -= 1) {
    for (let at = 0; at + length <= words.length; at += 1) {
      const noun = plural(words.slice(at, at + length).join('_'));
      if (resources.includes(noun)) return noun;
    }
  }
  return null;
}

/** Missing hints as MCP defines their defaults, which assume the worst; what only reads cannot destroy anything. */
export function hintsOf(raw: JsonObject, name: string): ToolHints {
  const given = isObject(raw.annotations) ? raw.annotations : {};
  const flag = (hint: string, otherwise: boolean) => {
    const value = given[hint];
    return typeof value === 'boolean' ? value : otherwise;
  };
  const readOnlyHint = flag('readOnlyHint', false);
  return {
    title: titleOf(given.title) ?? titleOf(raw.title) ?? human(wordsOf(name)),
    readOnlyHint,
    destructiveHint: readOnlyHint ? false : flag('destructiveHint', true),
    idempotentHint: flag('idempotentHint', readOnlyHint),
    openWorldHint: flag('openWorldHint', true),
  };
}

/** By the operation of the same name and by what the tool itself says: whichever finds that it lasts. */
export function lastingOf(
  raw: JsonObject,
  name: string,
  { readOnlyHint: readOnly, destructiveHint: destructive }: ToolHints,
  known: Operation | undefined,
): Lasting | undefined {
  const openWorld = isObject(raw.annotations) && raw.annotations.openWorldHint === true;
  const asOperation = readOnly || known === undefined ? undefined : lastingOperation(known);
  return asOperation ?? lastingRemote({ words: wordsOf(name), readOnly, destructive, openWorld });
}

function titleOf(value: unknown): string | undefined {
  return typeof value === 'string' && value.trim() !== '' ? value : undefined;
}
