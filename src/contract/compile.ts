import { lastResult } from '../core/deadline.ts';
import { asSentence, capitalised, oneLine, withSentence } from '../core/text.ts';
import { TIERS, type Tier } from '../core/tool.ts';
import type { Saying } from './acts.ts';
import { WORDS } from './curated-words.ts';
import { member, type OpenApiDocument } from './document.ts';
import { effectsOf, isAsNamed, onlyReads, sayingsOf, verbInWords } from './effects.ts';
import { inputsOf, isVersioned, keyHeaderOf, parametersOf } from './inputs.ts';
import type { Operation } from './operation.ts';
import { indexRoutes, placeOf, standings } from './place.ts';
import { declaredScopes, type OwnAddress } from './reach.ts';
import { bodyOf, formOf } from './request-body.ts';
import { type Answer, answerFields, answerOf, fileTypes } from './response.ts';
import { type LeftOut, type Route, readRoutes, spelt } from './route.ts';
import { SchemaReader } from './schema-reader.ts';
import { successOf } from './success.ts';
import { type NamedDraft, settleNames, type Verb, verbOf } from './tool-names.ts';
import { inputSchemaOf, validationOf } from './tool-schema.ts';

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
  const scopes = declaredScopes(route.operation);
  const tier = tierOf(verb, byPlace, scopes, sayings);
  const effects = effectsOf(route.method, { ...verb, tier }, sayings);
  const { reads } = effects;
  const rows = reads && (answer === 'root' || answer === 'data') ? answer : null;
  const files = reads ? fileTypes(reader, route.operation) : null;
  const savesFile = files !== null && files.length > 0;
  const media = formOf(reader, route);
  const keyHeader = keyHeaderOf(route);
  const facts = {
    operationId,
    resource: verb.resource,
    action: verb.action,
    tier,
    scopes: scopes.length > 0 ? scopes : derivedScopes(verb),
    method: route.method,
    path: route.path,
    ...((media === null || media.type === 'application/json') && { sendsJson: true as const }),
    rows,
    ...(keyHeader !== undefined && { keyHeader }),
    ...(isVersioned(document, route) && { versioned: true as const }),
    fileTypes: files,
    ...effects,
    // Each call that saves a file leaves another one.
    ...(savesFile && { idempotent: false }),
  };
  // A start compiles every operation and a session calls a few: what only calls need is made when it is first read.
  const body = lastResult(() => bodyOf(reader, media, verb.singular));
  const inputs = lastResult(() => inputsOf(reader, route, place, parametersOf(document, route), body(), verb));
  const finish: ReturnType<typeof draftOf>['finish'] = (tool, standing) => {
    const curated = isAsNamed(verb, sayings) ? WORDS.get(tool) : undefined;
    const description = lastResult(() => {
      const note = savesFile ? SAVED : (body()?.note ?? '');
      return descriptionOf(curated?.description, route.operation, verb.title, note);
    });
    const details = lastResult(() => detailsOf(reader, inputs(), verb.kind));
    const fields = lastResult(() => answerFields(reader, route.operation, rows));
    const success = lastResult(() => successOf(reader, route.operation));
    const inputSchema = lastResult(() => inputSchemaOf(reader, route.method, inputs().arguments));
    const validation = lastResult(() => validationOf(reader, inputs().arguments));
    return {
      tool,
      ...facts,
      ...curated?.effects,
      title: curated?.title ?? verb.title,
      get description() {
        return description();
      },
      get workspace() {
        return inputs().workspace;
      },
      get parameters() {
        return inputs().parameters;
      },
      get body() {
        return inputs().body;
      },
      get details() {
        return details();
      },
      get order() {
        return rows === null && verb.action !== 'list' ? undefined : orderOf(route.operation);
      },
      get paginated() {
        return ['limit', 'cursor'].every((name) =>
          inputs().parameters.some((one) => one.in === 'query' && one.name === name),
        );
      },
      get answerFields() {
        return fields();
      },
      get success() {
        return success();
      },
      get standing() {
        return standing(verb.resource);
      },
      get inputSchema() {
        return inputSchema();
      },
      get validation() {
        return validation();
      },
    };
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
function orderOf(operation: unknown): string | undefined {
  const texts = [member(operation, 'summary'), member(operation, 'description')].map(textOf);
  return texts.map((text) => ORDER.exec(text)?.[0]).find((found) => found !== undefined);
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
