import { singular, snake } from '../contract/naming.ts';
import { byTool, type Operation } from '../contract/operation.ts';
import { arrayIn, objectIn } from '../core/json.ts';
import type { Tool } from '../core/tool.ts';

/**
 * Which operation of the contract a tool of the remote endpoint is about. The endpoint may name it after the
 * operationId, or a little differently from the rule (`mark_invoice_as_paid`, `upload_project_logo`); an operation that
 * has two names must not be listed twice. Where two readings are possible, there is no match.
 * @returns for each tool its operation, in the tools' order
 */
export function operationsOf(
  tools: readonly Tool[],
  operations: readonly Operation[],
): readonly (Operation | undefined)[] {
  const named = byTool(operations);
  const identified = new Map(
    operations.flatMap((operation) =>
      operation.operationId === null ? [] : [[snake(operation.operationId), operation]],
    ),
  );
  const exact = tools.map(({ descriptor: { name } }) => named.get(name) ?? identified.get(plainName(name)));
  const index = indexOf(operations.filter((operation) => !exact.includes(operation)));
  return tools.map((tool, at) => exact[at] ?? only(candidates(tool, index)));
}

function plainName(name: string): string {
  return snake(name).replace(/^lucanto_/, '');
}

interface Name {
  readonly verb: string;
  /** Singular and sorted: `mark_paid_invoice` and `mark_invoices_as_paid` are the same. */
  readonly nouns: string;
}

/** By nouns; each operation under its tool's name and under its operationId. */
function indexOf(operations: readonly Operation[]): ReadonlyMap<string, readonly Operation[]> {
  const index = new Map<string, Operation[]>();
  for (const operation of operations) {
    for (const { nouns } of namesOf(operation)) {
      const group = index.get(nouns) ?? [];
      if (!group.includes(operation)) group.push(operation);
      index.set(nouns, group);
    }
  }
  return index;
}

/** By rule, as the document calls it, and as its method and path say it. */
function namesOf(operation: Operation): readonly Name[] {
  const { tool, operationId } = operation;
  return [nameOf(tool), ...(operationId === null ? [] : [nameOf(operationId)]), pathName(operation)];
}

const METHOD_VERBS = { GET: 'read', POST: 'create', PUT: 'update', PATCH: 'update', DELETE: 'delete' } as const;

function pathName({ method, path, workspace }: Operation): Name {
  const below = workspace === null ? path : (path.split(`{${workspace}}`)[1] ?? path);
  const words = below.split('/').filter((part) => part !== '' && !part.startsWith('{'));
  return { verb: METHOD_VERBS[method], nouns: nounsOf(words.flatMap((part) => snake(part).split('_'))) };
}

const VERBS: ReadonlyMap<string, string> = new Map([
  ...['get', 'list', 'fetch', 'read', 'show', 'retrieve', 'view'].map((verb) => [verb, 'read'] as const),
  ...['create', 'add', 'new', 'make'].map((verb) => [verb, 'create'] as const),
  ...['update', 'edit', 'modify', 'change', 'patch'].map((verb) => [verb, 'update'] as const),
  ...['delete', 'remove', 'destroy'].map((verb) => [verb, 'delete'] as const),
]);
const FILLERS = new Set(['a', 'an', 'the', 'as', 'by', 'of', 'for', 'to', 'via']);
const BY_EMAIL = new Set(['email', 'mail']);

function nameOf(name: string): Name {
  const [first = '', ...rest] = plainName(name).split('_');
  const verb = VERBS.get(first) ?? first;
  return { verb, nouns: nounsOf(rest.filter((word) => !(verb === 'send' && BY_EMAIL.has(word)))) };
}

function nounsOf(words: readonly string[]): string {
  return words
    .filter((word) => !FILLERS.has(word))
    .map(stem)
    .sort()
    .join(' ');
}

/** The same for one and many, whatever the plural rules make of the word: only to compare. */
function stem(word: string): string {
  return singular(word).replace(/s$/, '');
}

/** Verbs that may put something in its place, whatever the rule calls that. */
const SETTING = new Set(['upload', 'attach', 'set', 'replace', 'put', 'save', 'assign']);

function candidates(tool: Tool, index: ReturnType<typeof indexOf>): readonly Operation[] {
  const { verb, nouns } = nameOf(tool.descriptor.name);
  const alike = (index.get(nouns) ?? []).filter(
    (operation) => namesRecord(tool) === addressesRecord(operation) && readsAlike(tool, operation),
  );
  const same = alike.filter((operation) =>
    namesOf(operation).some((name) => name.verb === verb && name.nouns === nouns),
  );
  if (same.length > 0 || !SETTING.has(verb)) return same;
  // `set_project` may be anything; `upload_project_logo` names the thing that is put there.
  return nouns.includes(' ') ? alike.filter((operation) => puts(pathName(operation), nouns)) : [];
}

function puts({ verb, nouns }: Name, wanted: string): boolean {
  return (verb === 'update' || verb === 'create') && nouns === wanted;
}

function only(found: readonly Operation[]): Operation | undefined {
  return found.length === 1 ? found[0] : undefined;
}

/** Whether one record is named in the call: `get_news` may be a list or one of them. */
function namesRecord({ descriptor: { inputSchema } }: Tool): boolean {
  const needed = arrayIn(inputSchema.required);
  const isWorkspace = (name: string) => /^(workspace|account)_?id$/i.test(name);
  const known = Object.keys(objectIn(inputSchema.properties));
  return known.some((name) => needed.includes(name) && /(^|_)id$/.test(name) && !isWorkspace(name));
}

function addressesRecord({ parameters, workspace }: Operation): boolean {
  return parameters.some(({ in: place, name }) => place === 'path' && name !== workspace);
}

function readsAlike({ descriptor: { annotations } }: Tool, { tier }: Operation): boolean {
  return !annotations.readOnlyHint || tier === 'read';
}
