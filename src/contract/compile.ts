import { isJsonObject } from '../core/json.ts';
import { oneLine, withSentence } from '../core/text.ts';
import { TIERS, type Tier } from '../core/tool.ts';
import { WORDS } from './curated-words.ts';
import { list, member, type Node, type OpenApiDocument, resolveReference } from './document.ts';
import { effectsOf, type Verb, verbOf } from './effects.ts';
import { type Inputs, inputsOf, parametersOf } from './inputs.ts';
import { toolName } from './naming.ts';
import type { Operation } from './operation.ts';
import { type Index, indexRoutes, placeOf } from './place.ts';
import { bodyOf } from './request-body.ts';
import { type Answer, answerFields, answerOf, fileTypes } from './response.ts';
import { type Route, readRoutes } from './route.ts';
import { SchemaReader } from './schema-reader.ts';
import { type Draft, settleNames } from './tool-names.ts';
import { type OperationFacts, withSchemas } from './tool-schema.ts';

/**
 * Whom an operation lets in: whether an API key in the Authorization header is enough, and which scopes it states.
 */
const SIGN_IN =
  /(^|_)(sign_?in|sign_?up|sign_?out|log_?in|log_?out|sessions?|passwords?|oauth2?|tokens?|otp|mfa|passkeys?)(_|$)|^(auth|authentication|authorize|register|registrations?)$/;

/** True where the operation is of no use to a program that has only an API key. */
function isOutOfReach(document: OpenApiDocument, route: Route): boolean {
  if (/\/openapi(\.\w+)?\/?$/.test(route.path)) return true;
  const own = member(route.operation, 'security');
  if (Array.isArray(own)) return !own.some((requirement) => isSatisfied(document, requirement));
  if (route.workspace === null && route.segments.some(({ word }) => SIGN_IN.test(word))) return true;
  const general = list(document.security);
  return general.length > 0 && !general.some((requirement) => isSatisfied(document, requirement));
}

function isSatisfied(document: OpenApiDocument, requirement: unknown): boolean {
  if (!isJsonObject(requirement)) return false;
  const names = Object.keys(requirement);
  return names.length > 0 && names.every((name) => isBearer(document, name));
}

function isBearer(document: OpenApiDocument, name: string): boolean {
  const schemes = member(document.components, 'securitySchemes');
  const scheme = resolveReference(document, member(schemes, name));
  // A scheme that the document forgot to define tells nothing against it.
  if (!isJsonObject(scheme)) return true;
  const kind = scheme.type;
  if (kind === 'http') return String(scheme.scheme).toLowerCase() === 'bearer';
  if (kind === 'apiKey') return scheme.in === 'header';
  return kind === 'oauth2' || kind === 'openIdConnect';
}

const SCOPE = /^(read|write|manage):([a-z0-9_]+|\*)$/;

/** Scopes in Lucanto's notation that the document states for an operation; empty where it states none. */
function declaredScopes(route: Route): readonly string[] {
  const { operation } = route;
  const extensions = ['x-required-scopes', 'x-scopes', 'x-scope'].flatMap((key) => words(member(operation, key)));
  // Scopes stated once for the whole document tell nothing about one operation.
  const requirements = list(member(operation, 'security'));
  const secured = requirements.flatMap((one) => (isJsonObject(one) ? Object.values(one).flatMap(words) : []));
  const own = extensions.some((scope) => SCOPE.test(scope)) ? extensions : secured;
  return [...new Set(own.filter((scope) => SCOPE.test(scope)))];
}

function words(value: unknown): readonly string[] {
  if (typeof value === 'string') return value.split(/[\s,]+/);
  return list(value).flatMap((one) => (typeof one === 'string' ? one : []));
}

/** The least tier among scopes, any one of which is enough. */
function tierOfScopes(scopes: readonly string[]): Tier | null {
  return TIERS.find((tier) => scopes.some((scope) => scope.startsWith(`${tier}:`))) ?? null;
}

/**
 * A tool's description: curated words where there are some, else the document's own, short enough for every session.
 */
const MAX_DESCRIPTION = 400;

interface DescriptionInput {
  readonly tool: string;
  readonly operation: unknown;
  readonly title: string;
  /** What a union in the body needs, in words. */
  readonly note: string;
  readonly deprecated: boolean;
}

function descriptionOf({ tool, operation, title, note, deprecated }: DescriptionInput): string {
  const text = WORDS.get(tool)?.description ?? documented(operation, title);
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

/**
 * From an OpenAPI document to operations, by rule. There is no table of endpoints: a resource that the service adds
 * tomorrow becomes tools as it is.
 */
interface Contract {
  readonly operations: Operation[];
  /** One sentence for each operation that could not become a tool. */
  readonly warnings: string[];
}

/** Pure and deterministic; never throws for a document that `readDocument` accepted. */
export function compileContract(document: OpenApiDocument): Contract {
  const warnings: string[] = [];
  const reader = new SchemaReader(document);
  const routes = readRoutes(document, warnings).filter((route) => !isOutOfReach(document, route));
  const described = routes.map((route) => ({ route, ...describeAnswer(reader, route) }));
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

function describeAnswer(reader: SchemaReader, route: Route): { answer: Answer; paged: boolean } {
  if (route.method !== 'GET') return { answer: 'unknown', paged: false };
  const stated = [...list(route.item.parameters), ...list(route.operation.parameters)];
  const names = stated.map((one) => member(resolveReference(reader.root, one), 'name'));
  return { answer: answerOf(reader, route.operation), paged: names.includes('cursor') && names.includes('limit') };
}

function draftOf(document: OpenApiDocument, reader: SchemaReader, route: Route, answer: Answer, index: Index): Draft {
  const place = placeOf(route, index);
  const verb = verbOf(route.method, place);
  const id = member(route.operation, 'operationId');
  const operationId = typeof id === 'string' && id !== '' ? id : null;
  const deprecated = member(route.operation, 'deprecated') === true;
  const body = bodyOf(reader, route, verb.singular);
  const parameters = parametersOf(document, route);
  const needsBody = verb.kind === 'create' || verb.kind === 'update';
  const isList = (node: Node) => reader.alternatives(node).shapes.some(({ kinds }) => kinds?.[0] === 'array');
  const inputs = inputsOf({ route, place, parameters, body, singular: verb.singular, isList, needsBody });
  const stated = declaredScopes(route);
  const isRows = route.method === 'GET' && (answer === 'root' || answer === 'data');
  const files = route.method === 'GET' ? fileTypes(reader, route.operation) : null;
  const savesFile = files !== null && files.length > 0;
  const facts = {
    operationId,
    resource: verb.resource,
    action: verb.action,
    tier: tierOfScopes(stated) ?? verb.tier,
    scopes: stated.length > 0 ? stated : derivedScopes(verb),
    method: route.method,
    path: route.path,
    workspace: inputs.workspace,
    parameters: inputs.parameters,
    body: inputs.body,
    details: detailsOf(reader, inputs, verb.kind),
    rows: isRows ? answer : null,
    fileTypes: files,
    paginated: ['limit', 'cursor'].every((name) => parameters.some((one) => one.in === 'query' && one.name === name)),
  } as const;
  const finish = (tool: string): OperationFacts => ({
    tool,
    ...facts,
    description: descriptionOf({
      tool,
      operation: route.operation,
      title: verb.title,
      note: savesFile ? SAVED : (body?.note ?? ''),
      deprecated,
    }),
    title: WORDS.get(tool)?.title ?? verb.title,
    ...effectsOf(route.method, { ...verb, tier: facts.tier }),
    // Each call leaves another file.
    ...(savesFile && { idempotent: false }),
    ...WORDS.get(tool)?.effects,
  });
  const name = toolName(verb.words);
  return {
    route,
    name,
    operationId,
    deprecated,
    finish: (tool) =>
      withSchemas(reader, finish(tool), inputs.arguments, () => answerFields(reader, route.operation, facts.rows)),
  };
}

const SAVED = 'Saved into the files folder; answers with its path';

/** In an update all fields are details if some are: which of them is changed, no list can foresee. */
function detailsOf(
  reader: SchemaReader,
  { arguments: args, body, parameters }: Inputs,
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
