import filenamify from 'filenamify';

/** Readable names of files that every platform takes: `FAK2026-0001 ACME s.r.o..pdf`. */

/** File systems count bytes (255 at most); this leaves room for ` (12)`, the ending and a draft's suffix. */
const MAX_BYTES = 180;
/** Characters that nobody sees, among them those that make a name read otherwise than it is. */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{DI}]+/gu;

const OPTIONS = { replacement: '-', maxLength: 255 };

/** @param parts of the name, in order; what is empty is left out. @param ending with its dot */
export function fileName(parts: readonly (string | null)[], ending: string): string {
  const said = parts
    .map((part) => (part ?? '').normalize('NFC').replace(INVISIBLE, ' ').replace(/\s+/g, ' ').trim())
    .filter((part) => part !== '')
    .join(' ');
  const segments = [...new Intl.Segmenter().segment(said)].map(({ segment }) => segment);
  while (Buffer.byteLength(segments.join('')) > MAX_BYTES) segments.pop();
  // A leading dot hides a file, programs take a leading dash for an option, and a dash stands for each sign that is taken out.
  const stem =
    segments
      .join('')
      .replace(/^[.\s<>:"/\\|?*-]+/, '')
      .trim() || 'document';
  // Windows knows its devices by what comes before the first dot (`CON.2026.pdf`).
  const [device = '', ...rest] = stem.split('.');
  const harmless = [filenamify(device, OPTIONS), ...rest].join('.');
  return filenamify(`${harmless}${ending}`, OPTIONS);
}
