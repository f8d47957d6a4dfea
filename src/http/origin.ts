/** Where a token may be sent; the rule itself is the settings'. */
import { parseOrigin } from '../config/origin.ts';
import { UsageError } from '../errors.ts';

/**
 * The origin of the service's address. Checked again here, so that no way into the client goes around it.
 * @throws UsageError for what is no origin, or would send the token in the clear.
 */
export function serviceOrigin(address: string): string {
  const parsed = parseOrigin(address);
  if ('value' in parsed) return parsed.value;
  throw new UsageError(`The service's address ${parsed.problem}.`, {
    hint: 'Give --url (or LUCANTO_URL) an origin such as https://app.lucanto.eu; plain http is for this computer only.',
  });
}
