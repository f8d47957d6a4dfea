import { isJsonObject, type JsonObject, parseJson, stringifyJson } from '../core/json.ts';
import { MOST_BYTES, MOST_CHARS, shortened, USUAL_CHARS } from '../core/results.ts';
import { thousands } from '../core/text.ts';
import type { Tool, ToolResult } from '../core/tool.ts';

/**
 * The last look at a result before a client gets it. Results of the remote endpoint pass unchanged; one that no host
 * would take whole is replaced by what a model can act on. Nothing is ever cut in the middle.
 */
export function limited(tool: Tool, result: ToolResult): ToolResult {
  if (result.isError === true) return errorWithin(result);
  const size = sizeOf(result);
  if (size.chars <= MOST_CHARS && size.bytes <= MOST_BYTES) return result;
  const isRead = tool.descriptor.annotations.readOnlyHint;
  return isRead ? tooLong(tool, excess(size)) : carriedOut(tool, excess(size), result);
}

/** `chars` is what a model would be shown: the longer one of the text and the structured content. */
function sizeOf({ content, structuredContent }: ToolResult) {
  const text = content.reduce((sum, block) => sum + (textOf(block)?.length ?? 0), 0);
  const structured = structuredContent === undefined ? '' : stringifyJson(structuredContent);
  const bytes = Buffer.byteLength(stringifyJson(content)) + Buffer.byteLength(structured);
  return { chars: Math.max(text, structured.length), bytes };
}

function textOf(block: JsonObject): string | null {
  if (typeof block.text === 'string') return block.text;
  const { resource } = block;
  return isJsonObject(resource) && typeof resource.text === 'string' ? resource.text : null;
}

function tooLong(tool: Tool, size: string): ToolResult {
  const { name, inputSchema } = tool.descriptor;
  const required = Array.isArray(inputSchema.required) ? inputSchema.required : [];
  const all = isJsonObject(inputSchema.properties) ? Object.keys(inputSchema.properties) : [];
  const narrowing = all.filter((argument) => !required.includes(argument)).slice(0, 20);
  const message = `The answer of ${name} is too long to be passed on: ${size}.`;
  const hint =
    narrowing.length === 0
      ? 'Ask the user to look at it in the Lucanto app, or ask for a smaller part with another tool.'
      : `Ask for less; these arguments may narrow it: ${narrowing.join(', ')}.`;
  return { isError: true, content: [block({ error: 'answer_too_long', message, hint })] };
}

/** Not an error: the write is done, and must not be done again. */
function carriedOut(tool: Tool, size: string, { structuredContent, content }: ToolResult): ToolResult {
  const [first] = content;
  const value = structuredContent ?? parsed(first === undefined ? null : textOf(first));
  const names = isJsonObject(value) ? Object.entries(value).filter(([name, of]) => isName(name, of)) : [];
  const hint = `${tool.descriptor.name} was carried out; do not repeat it. Its answer is too long to be passed on: ${size}. Read the record with its get tool.`;
  return { content: [block({ ok: true, ...Object.fromEntries(names), hint })] };
}

function isName(name: string, value: unknown): boolean {
  const isShort = typeof value === 'number' || typeof value === 'bigint' || String(value).length <= 100;
  return ['id', 'number', 'status'].includes(name) && !isJsonObject(value) && !Array.isArray(value) && isShort;
}

/** Errors have no structured content, also those of the remote endpoint, and are short. */
function errorWithin({ structuredContent: _none, ...result }: ToolResult): ToolResult {
  const size = sizeOf(result);
  if (size.chars <= USUAL_CHARS && size.bytes <= MOST_BYTES) return result;
  const texts = result.content.map(textOf).filter((text) => text !== null);
  const value = parsed(texts[0] ?? null);
  const error = isJsonObject(value) ? value : { error: 'tool_error', message: texts.join('\n') };
  return { ...result, content: [block(shortened(error, USUAL_CHARS))] };
}

function excess({ chars, bytes }: ReturnType<typeof sizeOf>): string {
  return chars > MOST_CHARS
    ? `${thousands(chars)} characters; the limit is ${thousands(MOST_CHARS)}`
    : `${thousands(bytes)} bytes; the limit is ${thousands(MOST_BYTES)}`;
}

function parsed(text: string | null): unknown {
  try {
    return text === null ? null : parseJson(text);
  } catch {
    return null;
  }
}

function block(value: JsonObject): JsonObject {
  return { type: 'text', text: stringifyJson(value) };
}
