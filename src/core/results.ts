import { asTyped } from './command-name.ts';
import { type LucantoError, shortenedError } from './errors.ts';
import { isJsonObject, type JsonObject, stringifyJson, tryParseJson, withoutNulls } from './json.ts';
import { redact } from './log.ts';
import { thousands } from './text.ts';
import type { Tool, ToolResult } from './tool.ts';

/**
 * The shapes in which an answer goes back, and how long it may be (mcp-hosts.md section 2: hosts cut, refuse or file away
 * what is longer).
 */

/** Characters, where the call says nothing. */
export const USUAL_CHARS = 10_000;
/** The least that a call may ask for. */
export const LEAST_CHARS = 1_000;
/** The most that a call may ask for. */
export const MOST_CHARS = 40_000;
/** Of a whole result, with whatever is not text in it. */
const MOST_BYTES = 1_000_000;

/** Compact JSON without null properties; ids and decimals keep their digits. */
export function textResult(value: unknown): ToolResult {
  return { content: [textBlock(withoutNulls(value) ?? null)] };
}

/**
 * `{"error", "message", "status"?, "errors"?, "request_id"?, "retry_after_seconds"?, "upgrade_url"?, "docs_url"?,
 * "outcome"?, …more, "hint"}`; `command` is what users type to run this program. Never `structuredContent`, which would bind hosts to a schema that errors do not have.
 */
export function errorResult(error: LucantoError, command: string): ToolResult {
  const { details } = error;
  const stated = {
    error: error.code,
    message: asTyped(error.message, command),
    status: details.status,
    errors: details.errors?.length ? details.errors : undefined,
    request_id: details.requestId,
    retry_after_seconds: details.retryAfterSeconds,
    upgrade_url: details.upgradeUrl,
    docs_url: details.docsUrl,
    outcome: details.outcome,
  };
  const more = Object.entries(details.more ?? {}).filter(([name]) => !Object.hasOwn(stated, name));
  const body = { ...stated, ...Object.fromEntries(more), hint: asTyped(error.modelHint, command) };
  return { isError: true, content: [{ type: 'text', text: redact(stringifyJson(shortenedError(body, USUAL_CHARS))) }] };
}

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
  const modelHint =
    narrowing.length === 0
      ? 'Ask the user to look at it in the Lucanto app, or ask for a smaller part with another tool.'
      : `Ask for less; these arguments may narrow it: ${narrowing.join(', ')}.`;
  return { isError: true, content: [textBlock({ error: 'answer_too_long', message, hint: modelHint })] };
}

/** Not an error: the write is done, and must not be done again. */
function carriedOut(tool: Tool, size: string, { structuredContent, content }: ToolResult): ToolResult {
  const [first] = content;
  const value = structuredContent ?? tryParseJson((first && textOf(first)) ?? '');
  const names = isJsonObject(value) ? Object.entries(value).filter(([name, of]) => isName(name, of)) : [];
  const modelHint = `${tool.descriptor.name} was carried out; do not repeat it. Its answer is too long to be passed on: ${size}. Read the record with its get tool.`;
  return { content: [textBlock({ ok: true, ...Object.fromEntries(names), hint: modelHint })] };
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
  const value = tryParseJson(texts[0] ?? '');
  const error = isJsonObject(value) ? value : { error: 'tool_error', message: texts.join('\n') };
  return { ...result, content: [textBlock(shortenedError(error, USUAL_CHARS))] };
}

function excess({ chars, bytes }: ReturnType<typeof sizeOf>): string {
  return chars > MOST_CHARS
    ? `${thousands(chars)} characters; the limit is ${thousands(MOST_CHARS)}`
    : `${thousands(bytes)} bytes; the limit is ${thousands(MOST_BYTES)}`;
}

export function textBlock(value: unknown): JsonObject {
  return { type: 'text', text: stringifyJson(value) };
}
