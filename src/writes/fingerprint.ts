/** What makes two calls the same call. One way: neither token nor arguments can be read from it. */
import { createHmac } from 'node:crypto';
import { canonicalJson, type JsonObject, numbersAsText } from '../json.ts';

export interface CallIdentity {
  readonly origin: string;
  readonly token: string;
  readonly workspace: string | null;
  readonly tool: string;
  /** Checked and coerced. */
  readonly args: JsonObject;
}

/**
 * 64 hexadecimal digits. `7` and `"7"` are one id: where a schema takes both, the record is the same, and so is what
 * would be done to it twice.
 */
export function fingerprint(secret: Buffer, { origin, token, workspace, tool, args }: CallIdentity): string {
  return createHmac('sha256', secret)
    .update(canonicalJson([origin, token, workspace, tool, numbersAsText(args)]))
    .digest('hex');
}
