/** What a request's body says: JSON inside its wrapper key, or an uploaded file. */
import { createHash } from 'node:crypto';
import { parseJson } from '../../json.ts';
import type { EngineRequest } from '../engine-types.ts';
import { type Fields, fieldsOf, isFields } from '../store/fields.ts';
import type { StoredFile } from '../store/store.ts';
import type { ContractBody } from './contract.ts';
import { invalid, Refusal } from './refusal.ts';

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
