import type { Readable } from 'node:stream';
import { UsageError } from '../core/errors.ts';
import { isJsonObject, type JsonObject, type JsonSchema, objectIn, propertyIn, tryParseJson } from '../core/json.ts';
import type { Tool } from '../core/tool.ts';
import type { CommandInput } from './command.ts';

/** The arguments of `call`, from the command line and stdin, read by the tool's own schema. */
const MAX_INPUT_BYTES = 20 * 1024 * 1024;

export async function givenArguments(input: CommandInput, stdin: Readable, tool: Tool): Promise<JsonObject> {
  const given = input.text('args');
  const json = given === '-' ? await readAll(stdin) : given;
  return withForm(readArguments(json, input.list('arg'), tool.descriptor.inputSchema), savedForm(input), tool);
}

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
  for (const [name, texts] of given) args[name] = valueFrom(name, texts, propertyIn(schema, name) ?? {});
  return args;
}

/** Everything on stdin, for `--args -`. @throws UsageError where it is too much */
async function readAll(stdin: Readable): Promise<string> {
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
  const value = tryParseJson(text);
  if (isJsonObject(value)) return { ...value };
  throw new UsageError('--args is not a JSON object.', {
    hint: 'Write one --arg name=value for each argument, or --args - and the object on stdin.',
  });
}

function valueFrom(name: string, texts: readonly string[], schema: JsonSchema): unknown {
  if (schema.type === 'array') return listOf(name, texts, objectIn(schema.items));
  const [text = ''] = texts.slice(-1);
  if (texts.length === 1) return scalarOf(name, text, schema);
  throw new UsageError(`--arg ${name} was given ${texts.length} times, and it takes one value.`, {
    hint: `Keep one --arg ${name}=….`,
  });
}

function listOf(name: string, texts: readonly string[], items: JsonSchema): unknown[] {
  const [only = ''] = texts;
  const whole = texts.length === 1 && only.trimStart().startsWith('[') ? tryParseJson(only) : undefined;
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
        ? (tryParseJson(text) ?? text)
        : wrong(name, text, 'a number');
    case 'boolean':
      if (/^(true|yes|1|on)$/i.test(text)) return true;
      return /^(false|no|0|off)$/i.test(text) ? false : wrong(name, text, 'true or false');
    case 'object': {
      const value = tryParseJson(text);
      return isJsonObject(value) ? value : wrong(name, text, 'a JSON object');
    }
    default:
      // No type, or a name that the tool does not know, which the check of the arguments will say better.
      return tryParseJson(text) ?? text;
  }
}

function wrong(name: string, text: string, wanted: string): never {
  throw new UsageError(`--arg ${name} is ${JSON.stringify(text.slice(0, 40))}, and it takes ${wanted}.`, {
    hint: `Write --arg ${name}=… with ${wanted}.`,
  });
}

/** What `--save-as` names. @throws UsageError where it is not a file type */
export function savedForm(input: CommandInput): 'xlsx' | 'csv' | null {
  const text = input.text('saveAs');
  if (text === null || text === 'xlsx' || text === 'csv') return text;
  throw new UsageError(`--save-as is ${JSON.stringify(text.slice(0, 40))}, which is not a file type.`, {
    hint: 'Write --save-as xlsx or --save-as csv.',
  });
}

function withForm(args: JsonObject, form: string | null, { saveRows, descriptor }: Tool): JsonObject {
  if (form === null) return args;
  if (saveRows !== undefined) return { ...args, save_as: form };
  throw new UsageError(`${descriptor.name} has no rows that could be saved.`, {
    hint: 'Leave --save-as out, or call a tool that lists or totals.',
  });
}
