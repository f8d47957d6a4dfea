/**
 * What Gemini CLI does to calls and results of its own accord, undone. It adds an argument to the schema of every tool
 * and passes it on. It copies the JSON of a first text into `structuredContent` and refuses the whole result unless
 * that is an object (google-gemini/gemini-cli, issue 27725): a bare list, as services give their workspaces, would
 * never reach the model.
 */
import type { ToolResult } from '../catalog/tool.ts';
import type { JsonSchema } from '../contract/schema-types.ts';
import { isJsonObject, type JsonObject, parseJson } from '../json.ts';

const GEMINI_CLI = /^gemini-cli/;
const ADDED_ARGUMENT = 'wait_for_previous';

/** @param host what the client calls itself; null where it does not say @param schema as the host was given it */
export function argumentsFrom(host: string | null, args: JsonObject, schema: JsonSchema): JsonObject {
  if (!isGemini(host) || !Object.hasOwn(args, ADDED_ARGUMENT)) return args;
  if (isJsonObject(schema.properties) && Object.hasOwn(schema.properties, ADDED_ARGUMENT)) return args;
  const { [ADDED_ARGUMENT]: _added, ...own } = args;
  return own;
}

/** @param host what the client calls itself; null where it does not say */
export function resultFor(host: string | null, result: ToolResult): ToolResult {
  if (!isGemini(host) || result.structuredContent !== undefined) return result;
  const [first, ...rest] = result.content;
  if (first?.type !== 'text' || typeof first.text !== 'string') return result;
  const wrapped = asObject(first.text);
  return wrapped === null ? result : { ...result, content: [{ ...first, text: wrapped }, ...rest] };
}

function isGemini(host: string | null): boolean {
  return host !== null && GEMINI_CLI.test(host);
}

/** Around the text itself, so that not a digit of it changes. Null for what needs none. */
function asObject(text: string): string | null {
  const value = parsed(text);
  if (value === undefined || isJsonObject(value)) return null;
  return Array.isArray(value) ? `{"data":${text}}` : `{"value":${text}}`;
}

function parsed(text: string): unknown {
  try {
    return parseJson(text);
  } catch {
    return undefined;
  }
}
