import { arrayIn, isJsonObject } from '../core/json.ts';
import { asSentence, capitalised, oneLine, withSentence } from '../core/text.ts';
import { TIERS, type Tier } from '../core/tool.ts';
import type { Saying } from './acts.ts';
import { WORDS } from './curated-words.ts';
import { member, type OpenApiDocument } from './document.ts';
import { effectsOf, isAsNamed, onlyReads, sayingsOf, verbInWords } from './effects.ts';
import { inputsOf, isVersioned, keyHeaderOf, parametersOf } from './inputs.ts';
import type { Operation } from './operation.ts';
import { indexRoutes, placeOf, standings } from './place.ts';
import type { OwnAddress } from './reach.ts';
import { bodyOf } from './request-body.ts';
import { type Answer, answerFields, answerOf, fileTypes } from './response.ts';
import { type LeftOut, type Route, readRoutes, spelt } from './route.ts';
import { SchemaReader } from './schema-reader.ts';
import { successOf } from './success.ts';
import { type NamedDraft, settleNames, type Verb, verbOf } from './tool-names.ts';
import { withSchemas } from './tool-schema.ts';

/**
 * From an OpenAPI document to operations, by rule. There is no table of endpoints: a resource that the service adds
 * tomorrow becomes tools by itself. Pure and deterministic; never throws for a document that `readPublished` accepted.
 * @param own where the document comes from; null where any host in it is taken for the service
 * @returns every operation of the document, as a tool or left out with the reason
 */
export function compileContract(
  document: OpenApiDocument,
  own: OwnAddress | null = null,
): {
  readonly operations: readonly Operation[];
  readonly leftOut: readonly LeftOut[];
} {
  const leftOut: LeftOut[] = [];
  const reader = new SchemaReader(document);
  const routes = readRoutes(document, own, reader, leftOut);
  const described = routes.map((route) => ({ route, ...describeAnswer(reader, route) }));
  const index = indexRoutes(described);
  const drafts: ReturnType<typeof draftOf>[] = [];
  for (const { route, answer } of described) {
    try {
      drafts.push(draftOf(document, reader, route, answer, index));
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      leftOut.push({ operation: spelt(route), reason });
    }
  }
  const settled = settleNames(drafts, leftOut);
  let places: ReturnType<typeof standings> | undefined;
  const standing = (resource: string): number => {
    places ??= standings(document, drafts);
    return places.get(resource) ?? places.size;
  };
  return { operations: settled.map(({ name, draft: one }) => one.finish(name, standing)), leftOut };
}

function describeAnswer(reader: SchemaReader, route: Route): { answer: Answer; paged: boolean } {
  if (route.method !== 'GET') return { answer: 'unknown', paged: false };
  const names = route.parameters.map((one) => member(one, 'name'));
  return { answer: answerOf(reader, route.operation), paged: names.includes('cursor') && names.includes('limit') };
}

function draftOf(
  document: OpenApiDocument,
  reader: SchemaReader,
  route: Route,
  answer: Answer,
  index: ReturnType<typeof indexRoutes>,
): NamedDraft & { readonly finish: (tool: string, standing: (resource: string) => number) => Operation } {
  const place = placeOf(route, index);
  const sayings = sayingsOf(route);
  const asPost = () => verbOf('POST', { ...place, readable: false });
  const byPlace = verbOf(route.method, place);
  const verb = verbInWords(route.method, byPlace, asPost, sayings);
  const id = member(route.operation, 'operationId');
  const operationId = typeof id === 'string' && id !== '' ? id : null;
  const body = bodyOf(reader, route, verb.singular);
  const parameters = parametersOf(document, route);
  const keyHeader = keyHeaderOf(route);
  const inputs = inputsOf(reader, route, place, parameters, body, verb);
  const scopes = declaredScopes(route);
  const tier = tierOf(verb, byPlace, scopes, sayings);
  const effects = effectsOf(route.method, { ...verb, tier }, sayings);
  const { reads } = effects;
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
    ...(keyHeader !== undefined && { keyHeader }),
    ...(isVersioned(document, route) && { versioned: true as const }),
    ...(rows === null && verb.action !== 'list' ? {} : orderOf(route.operation)),
    fileTypes: files,
    paginated: ['limit', 'cursor'].every((name) => parameters.some((one) => one.in === 'query' && one.name === name)),
  } as const;
  const finish: ReturnType<typeof draftOf>['finish'] = (tool, standing) => {
    const curated = isAsNamed(verb, sayings) ? WORDS.get(tool) : undefined;
    const { title = verb.title } = curated ?? {};
    const note = savesFile ? SAVED : (body?.note ?? '');
    const description = descriptionOf(curated?.description, route.operation, verb.title, note);
    // Each call that saves a file leaves another one.
    const once = savesFile && { idempotent: false };
    const operation = {
      tool,
      ...facts,
      description,
      title,
      ...effects,
      ...once,
      ...curated?.effects,
    };
    return withSchemas(reader, operation, inputs.arguments, {
      fields: () => answerFields(reader, route.operation, rows),
      success: () => successOf(reader, route.operation),
      standing: () => standing(verb.resource),
    });
  };
  const deprecated = member(route.operation, 'deprecated') === true;
  return { route, verb, operationId, deprecated, finish };
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
  const needs = note === '' ? '' : `${capitalised(note)}.`;
  return withSentence(deprecated ? `Deprecated. ${text}` : text, needs, MAX_DESCRIPTION);
}

const ORDER =
  /\b(?:newest|latest|most recent|oldest|earliest)(?: ones)? first\b|\b(?:sorted|ordered)(?: in \w+ order)? by [\w .-]{2,40}?(?=[,.;]|$)|\bin (?:reverse )?(?:chronological|alphabetical) order\b/i;

/** `newest first`, `sorted by issue_date descending`. */
function orderOf(operation: unknown): Pick<Operation, 'order'> {
  const texts = [member(operation, 'summary'), member(operation, 'description')].map(textOf);
  const order = texts.map((text) => ORDER.exec(text)?.[0]).find((found) => found !== undefined);
  return order === undefined ? {} : { order };
}

function documented(operation: unknown, title: string): string {
  const summary = textOf(member(operation, 'summary'));
  const description = textOf(member(operation, 'description'));
  if (summary === '' || description.toLowerCase().startsWith(summary.toLowerCase().replace(/\.$/, ''))) {
    return description || `${title}.`;
  }
  const first = asSentence(summary);
  return description === '' ? first : `${first} ${description}`;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? oneLine(value.slice(0, 4000)) : '';
}

const SCOPE = /^(read|write|manage):([a-z0-9_]+|\*)$/;

/** Scopes in Lucanto's notation that the document names for an operation; empty where it names none. */
function declaredScopes({ operation }: Route): readonly string[] {
  const extensions = ['x-required-scopes', 'x-scopes', 'x-scope'].flatMap((key) => words(member(operation, key)));
  // Scopes of the whole document say nothing about one operation.
  const requirements = arrayIn(member(operation, 'security'));
  const secured = requirements.flatMap((one) => (isJsonObject(one) ? Object.values(one).flatMap(words) : []));
  const own = extensions.some((scope) => SCOPE.test(scope)) ? extensions : secured;
  return [...new Set(own.filter((scope) => SCOPE.test(scope)))];
}

function words(value: unknown): readonly string[] {
  if (typeof value === 'string') return value.split(/[\s,]+/);
  return arrayIn(value).flatMap((one) => (typeof one === 'string' ? one : []));
}
