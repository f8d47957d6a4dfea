import { listIn } from '../contract/response.ts';
import { mayMeanWorkspace, mayNameWorkspace, surelyNamesWorkspace } from '../contract/workspace-path.ts';
import { lastResult, onceForEach, withParts } from '../core/deadline.ts';
import {
  arrayIn,
  isJsonObject,
  type JsonObject,
  type JsonSchema,
  objectIn,
  stringifyJson,
  tryParseJson,
} from '../core/json.ts';
import { textResult } from '../core/results.ts';
import type { CallContext, SaveRequest, Tool, ToolResult } from '../core/tool.ts';
import { fittedValue } from './arguments/fitted-arguments.ts';
import { LIST_WORKSPACES } from './workspace-list.ts';
import type { WorkspaceId, Workspaces } from './workspaces.ts';

/**
 * The argument of a tool that names a workspace: what fills it in, and what `--workspace` does to it. Compiled tools always
 * say `workspace_id`; remote tools use words of their own.
 */
export function workspaceArgument(tool: Tool): string | null {
  return recognisedArguments(tool)[0] ?? null;
}

/** Remote tools may take it in more than one place. */
const recognisedArguments = onceForEach((tool: Tool): readonly string[] => {
  const properties = propertiesOf(tool);
  const names = Object.keys(properties);
  if (names.includes('workspace_id'))
    return tool.route === 'remote' ? names.filter(surelyNamesWorkspace) : ['workspace_id'];
  if (tool.route !== 'remote') return [];
  return names.filter(
    (name) => surelyNamesWorkspace(name) || name === 'account_id' || saysWorkspace(name, properties[name]),
  );
});

/** A word with other meanings, such as `account`, is believed where its description says what it is. */
function saysWorkspace(name: string, schema: unknown): boolean {
  if (!mayNameWorkspace(name)) return false;
  const text = described(schema);
  return (
    /\b(workspaces?|tenants?|organi[sz]ations?)\b/i.test(text) &&
    !/\b(bank|customer|contact|ledger|client)\b/i.test(text)
  );
}

/** Under a name that says nothing of it. */
const WORKSPACE_ID =
  /^\W*(the |an? |id of the |which )*(workspace|tenant|organi[sz]ation)s?\b|\b(workspace|tenant|organi[sz]ation)['\u2019]?s?[ _-]?(id|slug|key|handle|[gu]uid)s?\b|\b(act|acts|acting) as\b|\bon behalf of\b|\bof (the user's|your) (compan(y|ies)|businesses)\b/i;
/** Which company further calls work in, by the name of a tool or its description. */
const CHOOSES =
  /^\W*(switch(es)?|selects?|uses?|enters?|activates?|chooses?|changes?|sets?)( to)?( the| an?)?( user's| your)?( active| current| default| other| another)* (compan(y|ies)|workspaces?|tenants?|organi[sz]ations?|business(es)?)\b(?!['\u2019]| (name|address|logo|settings?|details?|data|profile|currency|year|language)s?\b)/i;

function described(schema: unknown): string {
  const { title, description } = objectIn(schema);
  return [title, description].filter((one) => typeof one === 'string').join(' ');
}

/** Arguments of a remote tool that may name a workspace or may not. */
function doubtfulArguments(tool: Tool): readonly string[] {
  const recognised = recognisedArguments(tool);
  return Object.entries(propertiesOf(tool)).flatMap(([name, schema]) =>
    !recognised.includes(name) && (mayMeanWorkspace(name) || WORKSPACE_ID.test(described(schema))) ? name : [],
  );
}

function propertiesOf({ descriptor }: Tool): JsonObject {
  return objectIn(descriptor.inputSchema.properties);
}

/** An id in the JSON type that the tool's schema asks for, digit by digit; as a number where it asks for none. */
export function workspaceValue(tool: Tool, argument: string, id: WorkspaceId): unknown {
  const text = String(id);
  const described = objectIn(tool.validation.properties)[argument];
  const { type, items } = objectIn(described);
  const isList = type === 'array';
  const one = isList ? items : described;
  const takesText = isJsonObject(one) && fittedValue(1, one) === '1';
  const value = takesText ? text : fittedValue(text, { type: 'integer' });
  return isList ? [value] : value;
}

/**
 * A remote tool that takes a workspace gets it as every other tool does: as given, else the only one, else an error
 * that lists them. Left to the endpoint, it would be the endpoint's guess. What clients see stays the remote endpoint's own schema.
 */
export function fillWorkspace(tool: Tool, workspaces: Workspaces): Tool {
  // REST tools resolve it themselves, and their schemas are not to be built at start.
  if (tool.route !== 'remote') return tool;
  const checked = lastResult((argument: string, schema: JsonSchema) => {
    const required = arrayIn(schema.required).filter((name) => name !== argument);
    return { ...schema, required };
  });
  return withParts(tool, {
    get validation() {
      const argument = workspaceArgument(tool);
      return argument === null ? tool.validation : checked(argument, tool.validation);
    },
    call: async (args, context) => {
      const argument = workspaceArgument(tool);
      if (argument === null || args[argument] !== undefined) return tool.call(args, context);
      const id = await workspaces.resolve({}, context);
      return tool.call({ ...args, [argument]: workspaceValue(tool, argument, id) }, context);
    },
  });
}

/** The arguments that leave a tool's schema and are filled in where a workspace is pinned. */
function pinnedArguments(tool: Tool): readonly string[] {
  const named = recognisedArguments(tool);
  if (named.length > 0) return named;
  // A remote tool about one workspace may call it plainly `id`.
  const isRecord = tool.route === 'remote' && tool.resource === 'workspaces';
  return isRecord && Object.hasOwn(propertiesOf(tool), 'id') ? ['id'] : [];
}

function without(schema: JsonSchema, argument: string): JsonSchema {
  const { [argument]: _pinned, ...properties } = objectIn(schema.properties);
  const { required: before, ...rest } = schema;
  const required = arrayIn(before).filter((name) => name !== argument);
  return { ...rest, properties, ...(required.length > 0 && { required }) };
}

/** The other workspaces are not even named. */
function onlyRow(value: unknown, pinned: string): unknown {
  if (Array.isArray(value)) return value.filter((row) => !isJsonObject(row) || String(row.id) === pinned);
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [name, Array.isArray(member) ? onlyRow(member, pinned) : member]),
  );
}

/** @param workspaces know the pinned one also where it is not on the page that a call gives */
function listingOnly(tool: Tool, pinned: () => string, workspaces: Pick<Workspaces, 'pinnedRecords'>): Tool {
  const { gather, saveRows } = tool;
  const only = ({ structuredContent, ...result }: ToolResult): ToolResult => {
    if (result.isError === true) return result;
    const content = result.content.map((block) => {
      const value = typeof block.text === 'string' ? tryParseJson(block.text) : undefined;
      return value === undefined ? block : { ...block, text: stringifyJson(onlyRow(value, pinned())) };
    });
    const structured = onlyRow(structuredContent, pinned());
    return { ...result, content, ...(isJsonObject(structured) && { structuredContent: structured }) };
  };
  return withParts(tool, {
    call: async (args, context) => {
      const shown = only(await tool.call(args, context));
      if (shown.isError === true || hasRows(shown)) return shown;
      const { records, stopped } = await workspaces.pinnedRecords(context);
      return textResult({ data: records, has_more: false, ...unproven(stopped) });
    },
    ...(gather !== undefined && {
      gather: async (args: JsonObject) => {
        const list = await gather(args);
        return (
          list && { ...list, call: async (...call: Parameters<typeof list.call>) => only(await list.call(...call)) }
        );
      },
    }),
    // The rows of this call, and not of the list itself.
    ...(saveRows !== undefined && {
      saveRows: (request: SaveRequest, context: CallContext) => {
        const call = async (own: CallContext) => {
          const { records, stopped } = await workspaces.pinnedRecords(own);
          return textResult({ data: records, ...unproven(stopped) });
        };
        return saveRows({ ...request, isOneList: false, call }, context);
      },
    }),
  });
}

function unproven(stopped: string | null) {
  return stopped === null ? {} : { complete: false, incomplete_because: stopped };
}

function hasRows({ content, structuredContent }: ToolResult): boolean {
  const shown = structuredContent ?? tryParseJson(String(content[0]?.text));
  return (listIn(shown)?.rows.length ?? 0) > 0;
}

/** @param pinned the id as far as it is known when a call is made */
export function pinTool(tool: Tool, pinned: () => string, workspaces: Pick<Workspaces, 'pinnedRecords'>): Tool {
  if (tool.descriptor.name === LIST_WORKSPACES) return listingOnly(tool, pinned, workspaces);
  const unusable = tool.route === 'remote' ? whyUnpinnable(tool) : null;
  if (unusable !== null) return withParts(tool, { unusable });
  // Schemas are built when first read.
  const schemaOf = (schema: JsonSchema) => pinnedArguments(tool).reduce(without, schema);
  const [shown, checked] = [lastResult(schemaOf), lastResult(schemaOf)];
  const { saveRows, descriptor } = tool;
  const filled = (args: JsonObject) => {
    if (tool.route !== 'remote') return args;
    const values = pinnedArguments(tool).map((name) => [name, workspaceValue(tool, name, pinned())]);
    return { ...args, ...Object.fromEntries(values) };
  };
  return withParts(tool, {
    descriptor: withParts(descriptor, {
      get inputSchema() {
        return shown(descriptor.inputSchema);
      },
    }),
    get validation() {
      return checked(tool.validation);
    },
    ...(saveRows !== undefined && {
      saveRows: (request: SaveRequest, context: CallContext) =>
        saveRows({ ...request, args: filled(request.args) }, context),
    }),
    call: (args, context) => tool.call(filled(args), context),
  });
}

/** Why no call of a remote tool surely stays in the pinned company; null where it does. */
function whyUnpinnable(tool: Tool): string | null {
  const [doubtful] = doubtfulArguments(tool);
  if (doubtful !== undefined)
    return `its argument ${doubtful} may name another company, and nothing says whether it does (--workspace is set)`;
  const { name, description } = tool.descriptor;
  const isChoice = [name.replace(/^lucanto_/, '').replaceAll('_', ' '), description].some((text) => CHOOSES.test(text));
  const isOpen = pinnedArguments(tool).length === 0 && isChoice;
  return isOpen ? 'it chooses the company that further calls work in (--workspace is set)' : null;
}
