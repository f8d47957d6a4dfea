import type { Readable } from 'node:stream';
import type { Bridge } from '../bridge/bridge.ts';
import { alternatives, nearNames } from '../catalog/arguments/wording.ts';
import {
  AbortedError,
  ApiError,
  EXIT,
  type ExitCode,
  InterruptedError,
  type LucantoError,
  UnknownToolError,
  UsageError,
} from '../core/errors.ts';
import { isJsonObject, type JsonObject, type JsonSchema, parseJson } from '../core/json.ts';
import { MOST_CHARS } from '../core/results.ts';
import type { CallContext, Tool, ToolResult } from '../core/tool.ts';
import type { Candidate, CommandContext, CommandInput } from './command.ts';
import type { Output } from './output.ts';
import { terminalConfirmer } from './prompt.ts';
import { printForPeople } from './result-table.ts';
import { callContext, refreshBriefly, withBridge } from './short-calls.ts';

/** `call`: calls one tool and prints its result. Arguments are read by the tool's own schema. */
const MAX_INPUT_BYTES = 20 * 1024 * 1024;

/** The arguments of one call; single ones beat those of the JSON object. @throws UsageError */
export function readArguments(json: string | null, pairs: readonly string[], schema: JsonSchema): JsonObject {
  const args: JsonObject = json === null ? {} : parseObject(json);
  const given = new Map<string, string[]>();
  for (const pair of pairs) {
    const at = pair.indexOf('=');
    if (at < 1) {
      throw new UsageError(`--arg ${JSON.stringify(pair.slice(0, 40))} has no name and value.`, {
        hint: 'Write --arg name=value, for example --arg limit=3.',
      });
    }
    const name = pair.slice(0, at);
    given.set(name, [...(given.get(name) ?? []), pair.slice(at + 1)]);
  }
  for (const [name, texts] of given) args[name] = valueFrom(name, texts, propertyOf(schema, name));
  return args;
}

/** Everything on stdin, for `--args -`. @throws UsageError where it is too much */
export async function readAll(stdin: Readable): Promise<string> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const chunk of stdin) {
    const part = Buffer.isBuffer(chunk) ? chunk : Buffer.from(String(chunk));
    parts.push(part);
    size += part.length;
    if (size > MAX_INPUT_BYTES) {
      throw new UsageError('There is too much on stdin to be the arguments of a call.', {
        hint: '--args - takes one JSON object of 20 MB at most.',
      });
    }
  }
  return Buffer.concat(parts)
    .toString('utf8')
    .replace(/^\uFEFF/, '');
}

function parseObject(text: string): JsonObject {
  const value = parseOrUndefined(text);
  if (isJsonObject(value)) return { ...value };
  throw new UsageError('--args is not a JSON object.', {
    hint: `Write --args '{"limit": 3}', or --args - and the object on stdin.`,
  });
}

function valueFrom(name: string, texts: readonly string[], schema: JsonSchema): unknown {
  if (schema.type === 'array') return listOf(name, texts, isJsonObject(schema.items) ? schema.items : {});
  const [text = ''] = texts.slice(-1);
  if (texts.length === 1) return scalarOf(name, text, schema);
  throw new UsageError(`--arg ${name} was given ${texts.length} times, and it takes one value.`, {
    hint: `Keep one --arg ${name}=….`,
  });
}

function listOf(name: string, texts: readonly string[], items: JsonSchema): unknown[] {
  const [only = ''] = texts;
  const whole = texts.length === 1 && only.trimStart().startsWith('[') ? parseOrUndefined(only) : undefined;
  if (Array.isArray(whole)) return whole;
  // Without objects in it, `a,b` is how people write a list.
  const parts = texts.length === 1 && items.type !== 'object' ? only.split(',') : texts;
  return parts.map((part) => scalarOf(name, part, items));
}

function scalarOf(name: string, text: string, schema: JsonSchema): unknown {
  switch (schema.type) {
    case 'string':
      return text;
    case 'integer':
    case 'number':
      return /^-?\d+([.]\d+)?([eE][+-]?\d+)?$/.test(text.trim())
        ? (parseOrUndefined(text) ?? text)
        : wrong(name, text, 'a number');
    case 'boolean':
      if (/^(true|yes|1|on)$/i.test(text)) return true;
      return /^(false|no|0|off)$/i.test(text) ? false : wrong(name, text, 'true or false');
    case 'object': {
      const value = parseOrUndefined(text);
      return isJsonObject(value) ? value : wrong(name, text, 'a JSON object');
    }
    default:
      // No type, or a name that the tool does not know, which the check of the arguments will say better.
      return parseOrUndefined(text) ?? text;
  }
}

function wrong(name: string, text: string, wanted: string): never {
  throw new UsageError(`--arg ${name} is ${JSON.stringify(text.slice(0, 40))}, and it takes ${wanted}.`, {
    hint: `Write --arg ${name}=… with ${wanted}.`,
  });
}

function propertyOf(schema: JsonSchema, name: string): JsonSchema {
  const { properties } = schema;
  const property = isJsonObject(properties) && Object.hasOwn(properties, name) ? properties[name] : undefined;
  return isJsonObject(property) ? property : {};
}

function parseOrUndefined(text: string): unknown {
  try {
    return parseJson(text);
  } catch {
    return undefined;
  }
}

/** What `call` can be completed with. */
export function toolNames(context: CommandContext): Promise<readonly Candidate[]> {
  return withBridge(context, async (bridge) => {
    // The demo remembers nothing, and needs no network to be asked.
    if (context.settings.demo) await refreshBriefly(bridge, context);
    return bridge.visible().map(({ descriptor }) => ({ value: descriptor.name, about: descriptor.title ?? '' }));
  });
}

export function runCall(context: CommandContext, input: CommandInput): Promise<ExitCode> {
  const { settings, output } = context;
  return withBridge(context, async (bridge) => {
    if (bridge.problem !== null) throw bridge.problem;
    const [name = ''] = input.operands;
    const tool = await findTool(bridge, name, context);
    const given = readArguments(await jsonOf(input, context), input.list('arg'), tool.descriptor.inputSchema);
    const args = withForm(given, input.text('saveAs'), tool);
    output.progress(`${name} …`);
    const delivered: (() => void)[] = [];
    const human = terminalConfirmer(context);
    const { result, error } = await bridge.call(name, args, {
      ...withProgress(name, bridge, context),
      // A person gets the columns that tell rows apart, customers by name; a program gets everything.
      ...(output.isTerminal && tool.route === 'rest' && tool.saveRows !== undefined && { answer: FOR_PEOPLE }),
      ...(human !== undefined && { human }),
      onDelivered: (callback) => delivered.push(callback),
    });
    if (error instanceof InterruptedError) throw error;
    // Ctrl-C as a signal, while the question was open.
    const isUnsent = error?.code === 'cancelled' && error.details.outcome !== 'unknown';
    if (context.interrupt.aborted && isUnsent) throw new InterruptedError();
    await print(output, tool, result);
    if (await output.taken()) for (const callback of delivered) callback();
    if (result.isError !== true && error === null) return EXIT.done;
    const reported = error === null ? errorFrom(result) : asCommand(error);
    output.error(reported, settings.logLevel === 'debug');
    return context.interrupt.aborted ? EXIT.interrupted : reported.exitCode;
  });
}

const FOR_PEOPLE = { fields: null, maxChars: MOST_CHARS, from: 0 } as const;

/** @throws UsageError */
function withForm(args: Record<string, unknown>, form: string | null, { saveRows, descriptor }: Tool) {
  if (form === null) return args;
  if (form !== 'xlsx' && form !== 'csv') {
    throw new UsageError(`--save-as is ${JSON.stringify(form.slice(0, 40))}, which is not a file type.`, {
      hint: 'Write --save-as xlsx or --save-as csv.',
    });
  }
  if (saveRows !== undefined) return { ...args, save_as: form };
  throw new UsageError(`${descriptor.name} has no rows that could be saved.`, {
    hint: 'Leave --save-as out, or call a tool that lists or totals.',
  });
}

/** A tool that is not known may be new, or its token's tools may never have been asked for. */
async function findTool(bridge: Bridge, name: string, context: CommandContext): Promise<Tool> {
  const find = () => bridge.visible().find((tool) => tool.descriptor.name === name);
  const neverAsked =
    bridge.catalogue.remoteState().source === 'never' || bridge.catalogue.contractState().source === 'bundled';
  const known = neverAsked ? undefined : find();
  if (known !== undefined) return known;
  const notes = await refreshBriefly(bridge, context);
  const found = find();
  if (found !== undefined) return found;
  for (const note of notes) context.output.note(`note: ${note}`);
  throw unknownTool(bridge, name);
}

function unknownTool(bridge: Bridge, name: string): UnknownToolError {
  const names = bridge.visible().map((tool) => tool.descriptor.name);
  const near = [...new Set([...nearNames(name, names), ...nearNames(`lucanto_${name}`, names)])].slice(0, 3);
  try {
    bridge.find(name);
  } catch (error) {
    if (!(error instanceof UnknownToolError)) throw error;
    const hidden = bridge.catalogue.hidden().some(({ tool }) => tool.descriptor.name === name);
    // A hint that names the right tool is better than names that are like it.
    const isNamed = names.some((one) => error.hint.includes(one));
    if (hidden || isNamed || near.length === 0) return error;
    return new UnknownToolError(error.message, { hint: `Did you mean ${alternatives(near)}? ${error.hint}` });
  }
  return new UnknownToolError(`Unknown tool: ${name}`, { hint: 'Run `lucanto-mcp tools` to see every tool.' });
}

async function jsonOf(input: CommandInput, { stdio }: CommandContext): Promise<string | null> {
  const json = input.text('args');
  return json === '-' ? readAll(stdio.stdin) : json;
}

function withProgress(name: string, bridge: Bridge, context: CommandContext): CallContext {
  return {
    ...callContext(bridge, context),
    onProgress: ({ progress, total, message }) => {
      const share = total === undefined ? String(progress) : `${progress}/${total}`;
      context.output.progress(`${name} … ${message ?? share}`);
    },
  };
}

/** JSON in a pipe; at a terminal a table or lines, and for an error nothing, since its sentence follows. */
async function print(output: Output, tool: Tool, result: ToolResult): Promise<void> {
  const [answer, ...others] = result.content;
  // The bridge's notices stand behind the answer; here they go to stderr.
  const notices = tool.route === 'rest' ? others : [];
  const value = printable(answer === undefined || notices.length === 0 ? result : { ...result, content: [answer] });
  if (!output.isTerminal) output.json(value);
  else if (result.isError !== true) {
    if (value === result || !printForPeople(output, value)) output.json(value);
  }
  for (const { text } of notices) if (typeof text === 'string') output.note(`Note: ${text}`);
}

/** The JSON that a result consists of; the whole result where it is anything else. */
function printable(result: ToolResult): unknown {
  const [only] = result.content;
  if (result.content.length !== 1 || only?.type !== 'text' || typeof only.text !== 'string') return result;
  const value = parseOrUndefined(only.text);
  return value === undefined ? result : value;
}

/** A preview speaks to a model; here a person typed the command. */
function asCommand(error: LucantoError): LucantoError {
  if (!error.code.startsWith('confirmation_')) return error;
  return new AbortedError(error.code, error.message, {
    hint: 'Read the preview; then run the same command again with --arg confirmation=<its code>, or with --confirm never.',
  });
}

/** An error that the remote endpoint worded itself. */
function errorFrom(result: ToolResult): LucantoError {
  const [first] = result.content;
  const text = typeof first?.text === 'string' ? first.text : 'The tool answered with an error and no text.';
  const { message, hint } = sentenceOf(text);
  return new ApiError('tool_error', message, { hint });
}

function sentenceOf(text: string): { message: string; hint: string } {
  const fallback = 'Correct the arguments and run the command again.';
  const value = parseOrUndefined(text);
  const { message = null, hint = null } = isJsonObject(value) ? value : {};
  return {
    message: typeof message === 'string' ? message : text.slice(0, 500),
    hint: typeof hint === 'string' ? hint : fallback,
  };
}
