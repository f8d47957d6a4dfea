/** The two shapes in which a local answer goes back: data, and an error that says what to do next. */
import type { LucantoError } from '../errors.ts';
import { stringifyJson, withoutNulls } from '../json.ts';
import { redact } from '../log.ts';
import type { ToolResult } from './tool.ts';

/** Compact JSON without null properties; ids and decimals keep their digits. */
export function textResult(value: unknown): ToolResult {
  return { content: [{ type: 'text', text: stringifyJson(withoutNulls(value) ?? null) }] };
}

/**
 * `{"error", "message", "status"?, "errors"?, "request_id"?, "retry_after_seconds"?, "upgrade_url"?, "docs_url"?,
 * "outcome"?, …more, "hint"}`; never `structuredContent`, which would bind hosts to a schema that errors do not have.
 */
export function errorResult(error: LucantoError): ToolResult {
  const { details } = error;
  const stated = {
    error: error.code,
    message: error.message,
    status: details.status,
    errors: details.errors?.length ? details.errors : undefined,
    request_id: details.requestId,
    retry_after_seconds: details.retryAfterSeconds,
    upgrade_url: details.upgradeUrl,
    docs_url: details.docsUrl,
    outcome: details.outcome,
  };
  const more = Object.entries(details.more ?? {}).filter(([name]) => !Object.hasOwn(stated, name));
  const body = { ...stated, ...Object.fromEntries(more), hint: error.hint };
  return { isError: true, content: [{ type: 'text', text: redact(stringifyJson(withoutNulls(body))) }] };
}
