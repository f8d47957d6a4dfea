import { asTyped } from './command-name.ts';
import type { LucantoError } from './errors.ts';
import { isJsonObject, type JsonObject, objectIn, stringifyJson, withoutNulls } from './json.ts';
import { redact } from './log.ts';
import type { ToolResult } from './tool.ts';

/** How long an answer may be (mcp-hosts.md section 2: hosts cut, refuse or file away what is longer). */

/** Characters, where the call says nothing. */
export const USUAL_CHARS = 10_000;
/** The least that a call may ask for. */
export const LEAST_CHARS = 1_000;
/** The most that a call may ask for. */
export const MOST_CHARS = 40_000;
/** Of a whole result, with whatever is not text in it. */
export const MOST_BYTES = 1_000_000;

/** The two shapes in which a local answer goes back: data, and an error that says what to do next. */
/** Compact JSON without null properties; ids and decimals keep their digits. */
export function textResult(value: unknown): ToolResult {
  return { content: [{ type: 'text', text: stringifyJson(withoutNulls(value) ?? null) }] };
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
  return { isError: true, content: [{ type: 'text', text: redact(stringifyJson(shortened(body, USUAL_CHARS))) }] };
}

/** Longest text, and items of a list; the first that makes an error short enough. */
const LENGTHS = [
  [4000, 100],
  [1000, 50],
  [300, 20],
  [100, 5],
] as const;
const ESSENTIAL = new Set(['error', 'message', 'status', 'request_id', 'outcome', 'hint']);

/** An error with shorter texts and lists in it, as far as it takes; what is left out is counted. */
export function shortened(error: JsonObject, maxChars: number): JsonObject {
  const whole = objectIn(withoutNulls(error));
  if (stringifyJson(whole).length <= maxChars) return whole;
  for (const [text, items] of LENGTHS) {
    const shorter = objectIn(clipped(whole, text, items));
    if (stringifyJson(shorter).length <= maxChars) return shorter;
  }
  const essential = Object.entries(whole).filter(([name]) => ESSENTIAL.has(name));
  return Object.fromEntries(essential.map(([name, value]) => [name, String(value).slice(0, 1000)]));
}

function clipped(value: unknown, text: number, items: number): unknown {
  if (typeof value === 'string') return value.length <= text ? value : `${value.slice(0, text)}…`;
  if (Array.isArray(value)) {
    const shown = value.slice(0, items).map((item) => clipped(item, text, items));
    return value.length > items ? [...shown, `and ${value.length - items} more`] : shown;
  }
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, clipped(member, text, items)]));
}
