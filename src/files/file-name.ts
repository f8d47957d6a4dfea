/** Readable names that every platform takes: `FAK2026-0001 ACME s.r.o..pdf`. */
import filenamify from 'filenamify';

/** File systems count bytes (255 at most); this leaves room for ` (12)`, the ending and a draft's suffix. */
const MAX_BYTES = 180;
/** Control characters, and those that make a name read otherwise than it is. */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu;

/** @param parts of the name, in order; what is empty is left out. @param ending with its dot */
export function fileName(parts: readonly (string | null)[], ending: string): string {
  const said = parts
    .map((part) => (part ?? '').normalize('NFC').replace(INVISIBLE, ' ').replace(/\s+/g, ' ').trim())
    .filter((part) => part !== '')
    .join(' ');
  const whole = filenamify(said, { replacement: '-', maxLength: MAX_BYTES });
  const segments = [...new Intl.Segmenter().segment(whole)].map(({ segment }) => segment);
  while (Buffer.byteLength(segments.join('')) > MAX_BYTES) segments.pop();
  // A leading dot hides a file; trailing spaces disappear on Windows.
  const name = segments
    .join('')
    .replace(/^[.\s]+/, '')
    .trim();
  return `${name === '' ? 'document' : name}${ending}`;
}
