/**
 * From an OpenAPI document to operations, by rule. There is no table of endpoints: a resource that the service adds
 * tomorrow becomes tools as it is.
 */

import { isOutOfReach, statedScopes, tierOfScopes } from './access.ts';
import { answerFields } from './answer-fields.ts';
import { type Inputs, inputsOf } from './arguments.ts';
import { bodyOf } from './body.ts';
import { descriptionOf } from './description.ts';
import { list, member, type OpenApiDocument, resolveReference } from './document.ts';
import { type Draft, settleNames } from './names.ts';
import { toolName } from './naming.ts';
import type { Node } from './node.ts';
import type { Operation } from './operation.ts';
import { parametersOf } from './parameters.ts';
import { type Index, indexRoutes, placeOf } from './place.ts';
import { type Answer, answerOf, fileTypes } from './response.ts';
import { type Route, readRoutes } from './route.ts';
import { SchemaReader } from './shape.ts';
import { type OperationFacts, withSchemas } from './tool-schema.ts';
import { effectsOf, type Verb, verbOf } from './verb.ts';
import { WORDS } from './words.ts';

export interface Contract {
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
  const stated = statedScopes(route);
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
