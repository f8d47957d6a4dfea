import { createHash } from 'node:crypto';
import { parseJson } from '../../core/json.ts';
import { type Fields, fieldsOf, isFields } from '../data/fields.ts';
import type { StoredFile } from '../data/store.ts';
import type { ContractBody } from './demo-contract.ts';

/**
 * The port of the embedded Lucanto: one request in, one answer out, no sockets.
 * The HTTP listener and the MCP endpoint (src/demo/mcp) both speak to it.
 */

export interface EngineRequest {
  readonly method: string;
  /** From the root, without the query: `/api/v1/workspaces/42/invoices`. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

export interface EngineResponse {
  readonly status: number;
  /** Names as they go on the wire; `X-Request-Id` is always there. */
  readonly headers: Readonly<Record<string, string>>;
  /** Text is JSON; bytes are files; null is an empty answer. */
  readonly body: string | Uint8Array | null;
}

export interface Engine {
  handle(request: EngineRequest): Promise<EngineResponse>;
}

/** An answer that is not 2xx (lucanto-api.md section 3). */
interface RefusalExtras {
  /** Validation messages. */
  readonly errors?: readonly string[];
  /** Where a plan cap can be lifted. */
  readonly upgradeUrl?: string;
  /** Seconds, sent as `Retry-After`. */
  readonly retryAfter?: number;
}

export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly status: number;
  /** The envelope's `error`. */
  readonly code: string;
  readonly extras: RefusalExtras;

  constructor(status: number, code: string, message: string, extras: RefusalExtras = {}) {
    super(message);
    this.status = status;
    this.code = code;
    this.extras = extras;
  }
}

export function notFound(what: string): Refusal {
  return new Refusal(404, 'not_found', `${what} was not found.`);
}

export function conflict(message: string): Refusal {
  return new Refusal(409, 'conflict', message);
}

export function invalid(errors: readonly string[]): Refusal {
  return new Refusal(422, 'unprocessable_entity', 'The request could not be processed: see errors.', { errors });
}

/** The error envelope, as the service documents it. */
export function envelope(refusal: Refusal, requestId: string): Record<string, unknown> {
  const { errors, upgradeUrl } = refusal.extras;
  return {
    error: refusal.code,
    message: refusal.message,
    request_id: requestId,
    docs_url: `https://docs.lucanto.eu/api/v1/errors/${refusal.code}`,
    ...(errors === undefined ? {} : { errors }),
    ...(upgradeUrl === undefined ? {} : { upgrade_url: upgradeUrl }),
  };
}

/** What a request's body says: JSON inside its wrapper key, or an uploaded file. */
export interface ParsedBody {
  /** The whole body as JSON; undefined where there is none. */
  readonly json: unknown;
  readonly upload: StoredFile | null;
  /** The same for two bodies that mean the same. */
  readonly fingerprint: string;
}

const NOTHING: ParsedBody = { json: undefined, upload: null, fingerprint: '' };

function sha256(bytes: Uint8Array | string): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function parseText(bytes: Uint8Array): unknown {
  try {
    return parseJson(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    throw new Refusal(400, 'bad_request', 'The body is not valid JSON.');
  }
}

async function parseMultipart(request: EngineRequest, contentType: string, now: number): Promise<ParsedBody> {
  // undici's own parser: the one in the platform, so no package is needed.
  const form = await new Response(Buffer.from(request.body), { headers: { 'Content-Type': contentType } })
    .formData()
    .catch(() => {
      throw new Refusal(400, 'bad_request', 'The body is not valid multipart/form-data.');
    });
  const strangers = [...form.keys()].filter((name) => name !== 'file');
  if (strangers.length > 0) throw invalid(strangers.map((name) => `${name} is not a known field`));
  const file = form.get('file');
  if (file === null || typeof file === 'string') throw invalid(['file must be an uploaded file']);
  const bytes = new Uint8Array(await file.arrayBuffer());
  return {
    json: undefined,
    upload: { name: file.name, contentType: file.type, bytes, uploadedAt: now },
    // The boundary differs from attempt to attempt, the file does not.
    fingerprint: `${file.name} ${sha256(bytes)}`,
  };
}

/** @throws Refusal 400 for what cannot be read at all, 422 for a missing or unknown part. */
export async function parseBody(
  request: EngineRequest,
  expected: ContractBody | null,
  now: number,
): Promise<ParsedBody> {
  const contentType = request.headers['content-type'] ?? '';
  if (expected?.mediaType === 'multipart/form-data') {
    if (!contentType.startsWith('multipart/form-data')) {
      throw new Refusal(400, 'bad_request', 'The body must be multipart/form-data.');
    }
    return parseMultipart(request, contentType, now);
  }
  if (request.body.length === 0) return NOTHING;
  if (!/^application\/(?:[\w.+-]+\+)?json\b/i.test(contentType)) {
    throw new Refusal(400, 'bad_request', 'The body must be application/json.');
  }
  return { json: parseText(request.body), upload: null, fingerprint: sha256(request.body) };
}

/** An empty object counts as no body: some clients cannot send nothing. */
export function isAbsent(json: unknown): boolean {
  return json === undefined || (isFields(json) && Object.keys(json).length === 0);
}

/** The properties inside the one wrapper key. */
export function unwrapped(json: unknown): Fields {
  return fieldsOf(Object.values(fieldsOf(json))[0]);
}
