import { oneLine, withSentence } from '../core/text.ts';
import { TIERS, type Tier } from '../core/tool.ts';
import type { Saying } from './acts.ts';
import { WORDS } from './curated-words.ts';
import { list, member, type OpenApiDocument, resolveReference } from './document.ts';
import { effectsOf, isAsNamed, onlyReads, sayingsOf, verbInWords } from './effects.ts';
import { inputsOf, parametersOf } from './inputs.ts';
import { snake, toolName } from './naming.ts';
import type { Operation } from './operation.ts';
import { indexRoutes, placeOf } from './place.ts';
import { bodyOf } from './request-body.ts';
import { type Answer, answerFields, answerOf, fileTypes } from './response.ts';
import { declaredScopes, type Route, readRoutes } from './route.ts';
import { SchemaReader } from './schema-reader.ts';
import { successOf } from './success.ts';
import { withSchemas } from './tool-schema.ts';
import { type Verb, verbOf } from './verb.ts';

/**
 * From an OpenAPI document to operations, by rule. There is no table of endpoints: a resource that the service adds
 * tomorrow becomes tools by itself. Pure and deterministic; never throws for a document that `readDocument` accepted.
 * @returns a warning, one sentence, for each operation that could not become a tool
 */
export function compileContract(document: OpenApiDocument): { operations: Operation[]; warnings: string[] } {
  const warnings: string[] = [];
  const reader = new SchemaReader(document);
  const described = readRoutes(document, warnings).map((route) => ({ route, ...describeAnswer(reader, route) }));
  const index = indexRoutes(described);
  const drafts: Draft[] = [];
  for (const { route, answer } of described) {
    try {
      drafts.push(draftOf(document, reader, route, answer, index));
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      warnings.push(`${route.method} ${route.path} was left out: ${reason}`);
    }
  }
  const settled = settleNames(drafts, warnings);
  return { operations: settled.map(({ name, draft: one }) => one.finish(name)), warnings };
}

interface Draft {
  readonly route: Route;
  /** The tool's name by rule. */
  readonly name: string;
  readonly operationId: string | null;
  readonly deprecated: boolean;
  readonly finish: (tool: string) => Operation;
}

function describeAnswer(reader: SchemaReader, route: Route): { answer: Answer; paged: boolean } {
  if (route.method !== 'GET') return { answer: 'unknown', paged: false };
  const parameters = [...list(route.item.parameters), ...list(route.operation.parameters)];
  const names = parameters.map((one) => member(resolveReference(reader.root, one), 'name'));
  return { answer: answerOf(reader, route.operation), paged: names.includes('cursor') && names.includes('limit') };
}

function draftOf(
  document: OpenApiDocument,
  reader: SchemaReader,
  route: Route,
  answer: Answer,
  index: ReturnType<typeof indexRoutes>,
): Draft {
  const place = placeOf(route, index);
  const sayings = sayingsOf(route);
  const asPost = verbOf('POST', { ...place, readable: false });
  const byPlace = verbOf(route.method, place);
  const verb = verbInWords(route.method, byPlace, asPost, sayings);
  const id = member(route.operation, 'operationId');
  const operationId = typeof id === 'string' && id !== '' ? id : null;
  const body = bodyOf(reader, route, verb.singular);
  const parameters = parametersOf(document, route);
  const inputs = inputsOf(reader, route, place, parameters, body, verb);
  const scopes = declaredScopes(route);
  const tier = tierOf(verb, byPlace, scopes, sayings);
  const { reads } = effectsOf(route.method, { ...verb, tier }, sayings);
  const rows = reads && (answer === 'root' || answer === 'data') ? answer : null;
  const files = reads ? fileTypes(reader, route.operation) : null;
  const savesFile = files !== null && files.length > 0;
  const facts = {
    operationId,
    resource: verb.resource,
    action: verb.action,
    tier,
    scopes: scopes.length > 0 ? scopes : derivedScopes(verb),
    method: route.method,
    path: route.path,
    workspace: inputs.workspace,
    parameters: inputs.parameters,
    body: inputs.body,
    details: detailsOf(reader, inputs, verb.kind),
    rows,
    fileTypes: files,
    paginated: ['limit', 'cursor'].every((name) => parameters.some((one) => one.in === 'query' && one.name === name)),
  } as const;
  const finish = (tool: string): Operation => {
    const curated = isAsNamed(verb, sayings) ? WORDS.get(tool) : undefined;
    const { title = verb.title, effects } = curated ?? {};
    const note = savesFile ? SAVED : (body?.note ?? '');
    const description = descriptionOf(curated?.description, route.operation, verb.title, note);
    // Each call that saves a file leaves another one.
    const once = savesFile && { idempotent: false };
    const operation = {
      tool,
      ...facts,
      description,
      title,
      ...effectsOf(route.method, { ...verb, tier }, sayings),
      ...once,
      ...effects,
    };
    return withSchemas(reader, operation, inputs.arguments, {
      fields: () => answerFields(reader, route.operation, rows),
      success: () => successOf(reader, route.operation),
    });
  };
  const deprecated = member(route.operation, 'deprecated') === true;
  return { route, name: toolName(verb.words), operationId, deprecated, finish };
}

/** As the scopes say, unless the words say that more is done. */
function tierOf(verb: Verb, byPlace: Verb, scopes: readonly string[], sayings: readonly Saying[]): Tier {
  const byScopes = TIERS.find((one) => scopes.some((scope) => scope.startsWith(`${one}:`)));
  if (byScopes === undefined) return verb.tier;
  const isContradicted = verb !== byPlace || (byScopes === 'read' && !onlyReads(sayings));
  return isContradicted && TIERS.indexOf(byScopes) < TIERS.indexOf(verb.tier) ? verb.tier : byScopes;
}

const SAVED = 'Saved in the files folder; answers with its path';

/** Arguments that are seldom needed. In an update all fields are, if some are: any of them may be the one to change. */
function detailsOf(
  reader: SchemaReader,
  { arguments: args, body, parameters }: ReturnType<typeof inputsOf>,
  kind: Verb['kind'],
): readonly string[] {
  const fields = new Set(body?.fields.map(({ arg }) => arg));
  const filters = new Set(parameters.filter(({ in: place }) => place === 'query').map(({ arg }) => arg));
  const optional = args.filter(({ name, required }) => !required && (fields.has(name) || filters.has(name)));
  const marked = optional.filter(({ node }) => reader.isDetail(node));
  return (kind === 'update' && marked.length > 0 ? optional : marked).map(({ name }) => name);
}

function derivedScopes(verb: Verb): readonly string[] {
  const isOwn = verb.resource === 'workspaces' && (verb.words === 'list_workspaces' || verb.words === 'get_workspace');
  return isOwn ? [] : [`${verb.tier}:${verb.resource}`];
}

const MAX_DESCRIPTION = 400;

/**
 * Curated words where there are some, else the document's own, short enough for every session.
 * @param note what the arguments need beyond their schema
 */
function descriptionOf(curated: string | undefined, operation: unknown, title: string, note: string): string {
  const deprecated = member(operation, 'deprecated') === true;
  const text = curated ?? documented(operation, title);
  const needs = note === '' ? '' : `${note.charAt(0).toUpperCase()}${note.slice(1)}.`;
  return withSentence(deprecated ? `Deprecated. ${text}` : text, needs, MAX_DESCRIPTION);
}

function documented(operation: unknown, title: string): string {
  const summary = textOf(member(operation, 'summary'));
  const description = textOf(member(operation, 'description'));
  if (summary === '' || description.toLowerCase().startsWith(summary.toLowerCase().replace(/\.$/, ''))) {
    return description || `${title}.`;
  }
  const first = /[.!?]$/.test(summary) ? summary : `${summary}.`;
  return description === '' ? first : `${first} ${description}`;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? oneLine(value.slice(0, 4000)) : '';
}

const METHOD_RANK = { GET: 0, PATCH: 0, DELETE: 0, PUT: 1, POST: 2 } as const;

/** Lower is nearer to the name: not deprecated, called so by the document itself, PATCH before PUT. */
function rank({ deprecated, operationId, name, route }: Draft): number {
  const called = operationId !== null && toolName(snake(operationId)) === name;
  return (deprecated ? 100 : 0) + (called ? 0 : 10) + METHOD_RANK[route.method];
}

function clash(draft: Draft, rival: Draft | undefined): string {
  const own = `${draft.route.method} ${draft.route.path}`;
  const other = rival === undefined ? 'another operation' : `${rival.route.method} ${rival.route.path}`;
  return `${own} was left out: ${other} is already the tool ${draft.name}.`;
}

function groupByName(drafts: readonly Draft[]): ReadonlyMap<string, readonly Draft[]> {
  const groups = new Map<string, Draft[]>();
  for (const draft of drafts) {
    const group = groups.get(draft.name);
    if (group === undefined) groups.set(draft.name, [draft]);
    else group.push(draft);
  }
  return groups;
}

/**
 * One name for one operation, in the drafts' order. On a clash the operationId decides; what still clashes is left out
 * with a warning.
 */
function settleNames(
  drafts: readonly Draft[],
  warnings: string[],
): readonly { readonly name: string; readonly draft: Draft }[] {
  const names = new Map<Draft, string>();
  const owners = new Map<string, Draft>();
  const take = (name: string, draft: Draft): void => {
    owners.set(name, draft);
    names.set(draft, name);
  };
  const losers: Draft[] = [];
  for (const [name, rivals] of groupByName(drafts)) {
    const [first, ...others] = [...rivals].sort((a, b) => rank(a) - rank(b));
    if (first === undefined) continue;
    take(name, first);
    // A deprecated spelling of the same operation is not missed.
    losers.push(...others.filter(({ deprecated }) => !deprecated || first.deprecated));
  }
  for (const draft of losers) {
    const rival = owners.get(draft.name);
    const name = draft.operationId === null ? draft.name : toolName(snake(draft.operationId));
    if (rival?.route.identity !== draft.route.identity && !owners.has(name)) take(name, draft);
    else warnings.push(clash(draft, owners.get(name) ?? rival));
  }
  return drafts.flatMap((draft) => {
    const name = names.get(draft);
    return name === undefined ? [] : { name, draft };
  });
}
