import { stringifyJson, tryParseJson } from '../core/json.ts';

/** The service's error body in any of the shapes that services, frameworks and proxies use. */
export interface ErrorBody {
  /** The `error` word, such as `forbidden`. */
  readonly code: string | undefined;
  readonly message: string | undefined;
  readonly errors: readonly string[];
  readonly requestId: string | undefined;
  readonly docsUrl: string | undefined;
  readonly upgradeUrl: string | undefined;
}

const MAX_TEXT = 500;
const MAX_ERRORS = 20;
const WORD = /^[a-z][a-z0-9_]{0,63}$/;

/** Never throws and never passes on HTML: anything but an error object gives an empty one. */
export function readErrorBody(text: string): ErrorBody {
  return errorBodyOf(tryParseJson(text));
}

/** The same for a body that is parsed already, such as the `data` of a JSON-RPC error. */
export function errorBodyOf(value: unknown): ErrorBody {
  const body = isObject(value) ? value : {};
  const inner = isObject(body.error) ? body.error : {};
  const [first] = Array.isArray(body.errors) ? body.errors : [];
  const firstCode = isObject(first) ? first.code : undefined;
  const word = [body.error, inner.code, inner.type, body.code, firstCode].find(
    (value) => typeof value === 'string' && WORD.test(value),
  );
  // `error` holds a sentence where a framework wrote it (Rails: {"status": 500, "error": "Internal Server Error"}).
  const sentence = [body.message, inner.message, body.detail, body.title, body.error, body.error_description]
    .map(sentenceOf)
    .find((value) => value !== undefined && value !== word);
  return {
    code: typeof word === 'string' ? word : undefined,
    message: sentence,
    errors: errorList(body.errors ?? inner.errors ?? body['invalid-params']).slice(0, MAX_ERRORS),
    requestId: sentenceOf(body.request_id ?? inner.request_id),
    docsUrl: webAddress(body.docs_url ?? inner.docs_url),
    upgradeUrl: webAddress(body.upgrade_url ?? inner.upgrade_url),
  };
}

/** Strings, objects (`{field, message}`, `{source: {pointer}, detail}`), or Rails' `{field: [messages]}`. */
function errorList(errors: unknown): string[] {
  if (Array.isArray(errors)) return errors.map(errorSentence).filter((sentence) => sentence !== undefined);
  if (!isObject(errors)) return [];
  return Object.entries(errors).flatMap(([field, messages]) =>
    (Array.isArray(messages) ? messages : [messages])
      .map((message) => withField(field === 'base' ? undefined : field, errorSentence(message)))
      .filter((sentence) => sentence !== undefined),
  );
}

function errorSentence(error: unknown): string | undefined {
  if (!isObject(error)) return sentenceOf(error);
  const pointer = isObject(error.source) ? error.source.pointer : undefined;
  const field = [error.field, error.attribute, error.param, error.name, error.path, error.loc, error.pointer, pointer]
    .map(fieldName)
    .find((name) => name !== undefined);
  const message = [
    error.message,
    error.detail,
    error.reason,
    error.msg,
    error.title,
    error.error,
    error.code,
    error.type,
  ]
    .map(sentenceOf)
    .find((value) => value !== undefined);
  return withField(field, message ?? (field === undefined ? asJson(error) : 'is invalid'));
}

/** Undefined for a value that is nested too deeply for the stack. */
function asJson(value: unknown): string | undefined {
  try {
    return clipped(stringifyJson(value));
  } catch {
    return undefined;
  }
}

function fieldName(value: unknown): string | undefined {
  const parts = Array.isArray(value) ? value.map(String) : typeof value === 'string' ? value.split(/[#/]/) : [];
  const name = parts.filter((part) => part !== '').join('.');
  return name === '' ? undefined : clipped(name);
}

function withField(field: string | undefined, message: string | undefined): string | undefined {
  if (message === undefined || field === undefined) return message;
  return message.toLowerCase().includes(field.toLowerCase()) ? message : `${field}: ${message}`;
}

/** Text as one line; markup is not a message for people. */
function sentenceOf(value: unknown): string | undefined {
  if (typeof value === 'number' || typeof value === 'bigint') return String(value);
  if (typeof value !== 'string' || value.trim() === '' || /<\/?[a-z!][^>]*>/i.test(value)) return undefined;
  return clipped(value.replace(/\s+/g, ' ').trim());
}

function webAddress(value: unknown): string | undefined {
  return typeof value === 'string' && /^https?:\/\/[^\s<>"]+$/.test(value) ? value : undefined;
}

function clipped(text: string): string {
  return text.length <= MAX_TEXT ? text : `${text.slice(0, MAX_TEXT)}…`;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
