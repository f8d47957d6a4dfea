import { createHash } from 'node:crypto';
import { isJsonObject, type JsonObject, objectIn, parseJson } from '../../core/json.ts';
import type { StoredFile } from '../data/store.ts';
import { decimal } from '../data/totals.ts';
import { type EngineRequest, invalid, Refusal, refuseAny } from './demo-request.ts';

/** What the body of a request says, and the form in which it is kept. */

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function parseText(bytes: Uint8Array): unknown {
  try {
    return parseJson(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    throw new Refusal(400, 'bad_request', 'The body is not valid JSON.');
  }
}

async function parseMultipart(request: EngineRequest, now: number): Promise<StoredFile> {
  // Node's own parser, so no package is needed.
  const form = await new Response(Buffer.from(request.body), {
    headers: { 'Content-Type': request.headers['content-type'] ?? '' },
  })
    .formData()
    .catch(() => {
      throw new Refusal(400, 'bad_request', 'The body is not valid multipart/form-data.');
    });
  refuseAny([...form.keys()].filter((name) => name !== 'file').map((name) => `${name} is not a known field`));
  const file = form.get('file');
  if (file === null || typeof file === 'string') throw invalid(['file must be an uploaded file']);
  return {
    name: file.name,
    contentType: file.type,
    bytes: new Uint8Array(await file.arrayBuffer()),
    uploadedAt: now,
  };
}

/**
 * What a request's body says: the whole of it as JSON (undefined without a body), or an uploaded file, and a
 * fingerprint that is the same for two bodies that mean the same.
 * @throws Refusal 400 for what cannot be read at all, 422 for a missing or unknown part.
 */
export async function parseBody(request: EngineRequest, expected: { readonly mediaType: string } | null, now: number) {
  const contentType = request.headers['content-type'] ?? '';
  if (expected?.mediaType === 'multipart/form-data') {
    if (!contentType.startsWith('multipart/form-data')) {
      throw new Refusal(400, 'bad_request', 'The body must be multipart/form-data.');
    }
    const upload = await parseMultipart(request, now);
    // The boundary differs from attempt to attempt, the file does not.
    return { json: undefined, upload, fingerprint: `${upload.name} ${sha256(upload.bytes)}` };
  }
  if (request.body.length === 0) return { json: undefined, upload: null, fingerprint: '' };
  if (!/^application\/(?:[\w.+-]+\+)?json\b/i.test(contentType)) {
    throw new Refusal(400, 'bad_request', 'The body must be application/json.');
  }
  return { json: parseText(request.body), upload: null, fingerprint: sha256(request.body) };
}

/** Decimals that a value has at least, by property; everything else is kept as it was written. */
const DECIMALS: Readonly<Record<string, number>> = {
  rate: 2,
  exchange_rate: 4,
  discount_percentage: 2,
  discount_amount: 2,
  quantity: 1,
  unit_price: 2,
  vat_rate: 1,
  total_without_vat: 2,
  total_vat: 2,
  total: 2,
};

/** Written values in the form in which they are answered: decimals are strings, `null` stays, a line has a quantity. */
export function normalized(fields: JsonObject): JsonObject {
  const entries = Object.entries(fields).map(([name, value]) => {
    const digits = DECIMALS[name];
    if (digits !== undefined && value !== null) return [name, decimal(value, digits)];
    if (Array.isArray(value)) {
      const quantity = name === 'items' ? { quantity: '1.0' } : {};
      return [name, value.map((entry) => (isJsonObject(entry) ? { ...quantity, ...normalized(entry) } : entry))];
    }
    return [name, isJsonObject(value) ? normalized(value) : value];
  });
  return Object.fromEntries(entries);
}

/** A PATCH: properties replace, nested objects merge, arrays replace. */
export function merged(before: JsonObject, changes: JsonObject): JsonObject {
  const result: JsonObject = { ...before };
  for (const [name, value] of Object.entries(changes)) {
    result[name] = isJsonObject(value) ? merged(objectIn(before[name]), value) : value;
  }
  return result;
}
