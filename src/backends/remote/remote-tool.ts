import { irreversibleRemote, isFinal, saysItDeletes, saysOnlyReads } from '../../contract/effects.ts';
import { argumentName } from '../../contract/inputs.ts';
import { hostName, human, plural, snake } from '../../contract/naming.ts';
import type { Operation } from '../../contract/operation.ts';
import { portableToolSchema } from '../../contract/portable-schema.ts';
import { lastResult } from '../../core/deadline.ts';
import { ProtocolError } from '../../core/errors.ts';
import { isJsonObject, type JsonObject, type JsonSchema, objectIn } from '../../core/json.ts';
import type { CallContext, Irreversible, SaveRequest, Tier, Tool, ToolHints } from '../../core/tool.ts';
import { headerProblem } from './parameter-headers.ts';
import { type RemoteList, type RemoteToolDeps, remoteCall } from './remote-call.ts';
import { resultValue } from './remote-result.ts';

/**
 * A tool of the remote endpoint: its own name, description, schema and results.
 * @param raw one entry of `tools/list`. @param known the contract's operation of that name: it knows tier and scopes.
 * @param resources of the contract. @returns null for an entry that is not a tool.
 */
export function remoteTool(
  raw: unknown,
  known: Operation | undefined,
  resources: readonly string[],
  deps: RemoteToolDeps,
): Tool | null {
  if (!isJsonObject(raw) || typeof raw.name !== 'string' || raw.name === '') return null;
  const { name: wireName, inputSchema, outputSchema } = raw;
  const name = hostName(wireName);
  // Made when first read: most remote tools give way to the REST tool of their name.
  const hints = lastResult(() => hintsOf(raw, name, known));
  const tier = known?.tier ?? tierOf(name, textsOf(raw), hints());
  const told = known?.resource ?? knownResource(name, resources);
  const resource = told ?? resourceOf(name);
  const create = known === undefined ? isCreate(name) : known.action === 'create';
  // A resource that was only guessed from the name is no evidence of what the token may do with it.
  const scopes = known?.scopes ?? [`${tier}:${resourceOf(name)}`];
  const irreversible = lastResult(() => irreversibleRemoteTool(raw, name, hints(), known));
  const argumentsShown = lastResult(() => shownArguments(portableToolSchema(raw.inputSchema)));
  const problem = lastResult(() => headerProblem(inputSchema));
  const call = lastResult(() => {
    const { readOnlyHint: readOnly } = hints();
    const deletes = !create && (irreversible() === 'deletes' || saysItDeletes(wordsOf(name), textsOf(raw)));
    const facts = { name: wireName, readOnly, create, deletes, resource, scopes, inputSchema, outputSchema };
    return remoteCall(facts, deps);
  });
  const named: Tool['call'] = (args, context) => {
    const { wireNames } = argumentsShown();
    const entries = Object.entries(args).map(([arg, value]) => [wireNames.get(arg) ?? arg, value]);
    return call()(wireNames.size === 0 ? args : Object.fromEntries(entries), context);
  };
  const isList = known === undefined ? LISTS.test(wordsOf(name)) : known.rows !== null;
  const { saveRows } = deps;
  return {
    // The protocol demands it of the whole tool, whether or not a call gives the argument.
    get unusable() {
      if (problem() === null) return undefined;
      return `the remote endpoint describes it in a way that MCP forbids: ${problem()}`;
    },
    descriptor: {
      name,
      get title() {
        return hints().title;
      },
      get description() {
        return typeof raw.description === 'string' ? raw.description : hints().title;
      },
      get inputSchema() {
        return argumentsShown().schema;
      },
      get annotations() {
        return hints();
      },
    },
    get validation() {
      const { wireNames, schema } = argumentsShown();
      // The endpoint itself checks the values of renamed arguments.
      if (wireNames.size > 0) return { ...schema, properties: withoutRules(schema.properties) };
      return isJsonObject(raw.inputSchema) ? raw.inputSchema : { type: 'object' };
    },
    route: 'remote',
    tier,
    resource,
    ...(told === null && { isResourceGuessed: true as const }),
    scopes,
    get irreversible() {
      return irreversible();
    },
    get saveRows() {
      if (!isList || saveRows === undefined || !hints().readOnlyHint) return undefined;
      return (request: SaveRequest, context: CallContext) =>
        saveRows(listOf(name, resource, argumentsShown().schema), readerOf(named), request, context);
    },
    call: named,
  };
}

const LISTS = /^(list|search|find)(_|$)/;

function listOf(tool: string, resource: string, schema: JsonSchema): RemoteList {
  const names = Object.keys(objectIn(schema.properties));
  const common = { in: 'query', required: false, style: 'form', explode: true } as const;
  return { tool, resource, validation: schema, parameters: names.map((name) => ({ ...common, name, arg: name })) };
}

function readerOf(call: Tool['call']) {
  return async (args: JsonObject, context: CallContext): Promise<unknown> => {
    const result = await call(args, context);
    if (result.isError !== true) return resultValue(result);
    const said = result.content.map(({ text }) => text).filter((text) => typeof text === 'string');
    throw new ProtocolError('remote_refused', `The remote endpoint refused the list: ${said.join(' ')}`, {
      hint: 'Leave save_as out: the answer may say more.',
    });
  };
}

/** What a remote tool's name and hints say about it, where no operation of the contract says it better. */
const PREFIX = /^lucanto[_-]/;
const CREATE_VERBS = new Set(['create', 'add']);
const WRITE_VERBS = new Set([...CREATE_VERBS, 'update', 'edit']);

/** Words of the name, without the service's own. */
function wordsOf(name: string): string {
  return snake(name.replace(PREFIX, ''));
}

/** `read` only where the tool itself says so; what is neither that nor a create or an update asks for the most. */
function tierOf(name: string, texts: readonly string[], hints: ToolHints): Tier {
  if (hints.readOnlyHint) return 'read';
  const [verb = ''] = wordsOf(name).split('_');
  return WRITE_VERBS.has(verb) && !isFinal(wordsOf(name), texts) ? 'write' : 'manage';
}

/** Whether calling it again makes a second one. */
function isCreate(name: string): boolean {
  return CREATE_VERBS.has(wordsOf(name).split('_')[0] ?? '');
}

/** `lucanto_archive_project` is about `projects`. */
function resourceOf(name: string): string {
  const words = wordsOf(name);
  const noun = words.slice(words.indexOf('_') + 1);
  return plural(noun === '' ? 'record' : noun);
}

/** The longest of the contract's resources that the name speaks of: `lucanto_mark_invoice_paid` is about `invoices`. */
function knownResource(name: string, resources: readonly string[]): string | null {
  const words = wordsOf(name).split('_').slice(1);
  for (let length = words.length; length > 0; length -= 1) {
    for (let at = 0; at + length <= words.length; at += 1) {
      const noun = plural(words.slice(at, at + length).join('_'));
      if (resources.includes(noun)) return noun;
    }
  }
  return null;
}

/**
 * Missing hints as MCP defines their defaults, which assume the worst; what only reads cannot destroy anything. A tool is
 * believed to read only where its words agree, and never to spare what its name says it deletes.
 */
function hintsOf(raw: JsonObject, name: string, known: Operation | undefined): ToolHints {
  const given = objectIn(raw.annotations);
  const flag = (hint: string, otherwise: boolean) => {
    const value = given[hint];
    return typeof value === 'boolean' ? value : otherwise;
  };
  const words = wordsOf(name);
  const texts = textsOf(raw);
  const readOnlyHint = flag('readOnlyHint', false) && known?.reads !== false && saysOnlyReads(words, texts);
  return {
    title: titleOf(given.title) ?? titleOf(raw.title) ?? human(words),
    readOnlyHint,
    destructiveHint: !readOnlyHint && (flag('destructiveHint', true) || saysItDeletes(words, texts)),
    idempotentHint: flag('idempotentHint', readOnlyHint),
    openWorldHint: flag('openWorldHint', true),
  };
}

/** By the operation of the same name, else by what the tool itself says. */
function irreversibleRemoteTool(
  raw: JsonObject,
  name: string,
  { readOnlyHint: readOnly }: ToolHints,
  known: Operation | undefined,
): Irreversible | undefined {
  const openWorld = isJsonObject(raw.annotations) && raw.annotations.openWorldHint === true;
  const asOperation = readOnly ? undefined : known?.irreversible;
  return asOperation ?? irreversibleRemote(wordsOf(name), textsOf(raw), { readOnly, openWorld });
}

/** What the tool says of itself in sentences. */
function textsOf({ title, description, annotations }: JsonObject): readonly string[] {
  const given = isJsonObject(annotations) ? annotations.title : undefined;
  return [title, given, description].filter((text) => typeof text === 'string');
}

function titleOf(value: unknown): string | undefined {
  return typeof value === 'string' && value.trim() !== '' ? value : undefined;
}

/**
 * Names of arguments that the APIs of models refuse (spaces, other scripts, more than 64 characters): one such name makes
 * some of them refuse the whole request. They are shown under an accepted name and sent under their own.
 * @param schema a portable one, with the endpoint's own names
 * @returns `wireNames`: from a name that is shown to the endpoint's own, for those that differ
 */
function shownArguments(schema: JsonSchema): { schema: JsonSchema; wireNames: ReadonlyMap<string, string> } {
  const properties = objectIn(schema.properties);
  const names = Object.keys(properties);
  const taken = new Set(names.filter((name) => argumentName(name) === name));
  const shown = new Map(names.map((name) => [name, taken.has(name) ? name : freeName(argumentName(name), taken)]));
  const wireNames = new Map([...shown].flatMap(([name, other]) => (name === other ? [] : [[other, name] as const])));
  if (wireNames.size === 0) return { schema, wireNames };
  const renamed = Object.entries(properties).map(([name, property]) => [shown.get(name), property]);
  const required = Array.isArray(schema.required) ? schema.required.map((name) => shown.get(String(name)) ?? name) : [];
  return {
    schema: { ...schema, properties: Object.fromEntries(renamed), ...(required.length > 0 && { required }) },
    wireNames,
  };
}

function freeName(name: string, taken: Set<string>): string {
  let found = name;
  for (let count = 2; taken.has(found); count += 1) found = `${name.slice(0, 60)}_${count}`;
  taken.add(found);
  return found;
}

function withoutRules(properties: unknown): JsonObject {
  return Object.fromEntries(Object.keys(objectIn(properties)).map((name) => [name, {}]));
}
