/** The address of a PDF in an answer that calls it by no name that is known. */
import { isJsonObject, type JsonObject } from '../../json.ts';

interface Address {
  /** `links.document`. */
  readonly path: string;
  readonly url: string;
}

const DEPTH = 2;

/**
 * The only address that there is, or the only one that has to do with a PDF.
 * @param role `pdf` for a whole record, which may hold addresses of all kinds: there, its own name must say it
 */
export function onlyAddress(answer: JsonObject, role: 'address' | 'pdf'): string | null {
  const all = addressesIn(answer, '', DEPTH);
  const named = all.filter(({ path, url }) => /pdf/i.test(path) || (role === 'address' && /\.pdf($|\?)/i.test(url)));
  const candidates = role === 'address' && all.length === 1 ? all : named;
  const [only, ...others] = new Set(candidates.map(({ url }) => url));
  return others.length === 0 ? (only ?? null) : null;
}

function addressesIn(value: JsonObject, prefix: string, depth: number): readonly Address[] {
  return Object.entries(value).flatMap(([name, member]): readonly Address[] => {
    const path = `${prefix}${name}`;
    if (typeof member === 'string') return /^https?:\/\/\S+$/.test(member) ? [{ path, url: member }] : [];
    return isJsonObject(member) && depth > 1 ? addressesIn(member, `${path}.`, depth - 1) : [];
  });
}
