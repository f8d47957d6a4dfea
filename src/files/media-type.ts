import { LocalError } from '../core/errors.ts';

/** What a file is by its first bytes, whatever its name says. */
const text = (value: string): readonly number[] => [...Buffer.from(value, 'latin1')];

const SIGNATURES: readonly {
  readonly type: string;
  readonly endings: readonly string[];
  readonly bytes: readonly number[];
  readonly at?: number;
}[] = [
  { type: 'application/pdf', endings: ['.pdf'], bytes: text('%PDF-') },
  { type: 'image/png', endings: ['.png'], bytes: [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a] },
  { type: 'image/jpeg', endings: ['.jpg', '.jpeg'], bytes: [0xff, 0xd8, 0xff] },
  { type: 'image/gif', endings: ['.gif'], bytes: text('GIF8') },
  { type: 'image/webp', endings: ['.webp'], bytes: text('WEBP'), at: 8 },
  { type: 'image/tiff', endings: ['.tif', '.tiff'], bytes: [0x49, 0x49, 0x2a, 0x00] },
  { type: 'image/tiff', endings: ['.tif', '.tiff'], bytes: [0x4d, 0x4d, 0x00, 0x2a] },
  { type: 'image/heic', endings: ['.heic', '.heif'], bytes: text('ftyphei'), at: 4 },
  { type: 'image/heic', endings: ['.heic', '.heif'], bytes: text('ftypmif1'), at: 4 },
  {
    type: 'application/zip',
    endings: ['.zip', '.xlsx', '.docx', '.ods', '.odt', '.isdocx'],
    bytes: [0x50, 0x4b, 0x03, 0x04],
  },
  { type: 'application/xml', endings: ['.xml', '.isdoc'], bytes: text('<?xml') },
];

/** What a name of plain text is sent as; it has no first bytes to know it by. */
const BY_ENDING: Readonly<Record<string, string>> = {
  '.csv': 'text/csv',
  '.txt': 'text/plain',
  '.xml': 'application/xml',
  '.isdoc': 'application/xml',
  '.json': 'application/json',
};

export const HEAD_BYTES = 1024;

/** PDF readers accept some bytes before the mark, and so do we. */
export function isPdf(head: Uint8Array): boolean {
  return Buffer.from(head).subarray(0, HEAD_BYTES).includes('%PDF-');
}

/** The file's media type; null for what is not known. */
function mediaType(head: Uint8Array, ending: string): string | null {
  const found = SIGNATURES.find(({ bytes, at = 0 }) => bytes.every((byte, index) => head[at + index] === byte));
  if (found !== undefined) return found.type;
  const isText = !head.includes(0) && !Buffer.from(head).toString('utf8').slice(0, -4).includes('\ufffd');
  return isText ? (BY_ENDING[ending.toLowerCase()] ?? null) : null;
}

/** Types that are known by what is inside, and by whose first bytes nothing else can be told. */
const CONTAINERS = new Set(['application/zip', 'application/xml']);

const MORE_ENDINGS: Readonly<Record<string, string>> = {
  'text/csv': '.csv',
  'text/plain': '.txt',
  'text/xml': '.xml',
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': '.xlsx',
  'application/vnd.openxmlformats-officedocument.wordprocessingml.document': '.docx',
  'application/vnd.oasis.opendocument.spreadsheet': '.ods',
  'application/vnd.oasis.opendocument.text': '.odt',
};

/**
 * What a file is that the service gave: its first bytes count before its header.
 * @param promised media types of the contract, perhaps none @returns null for any other type, and for a file that is not what it says
 */
export function receivedType(
  stated: string,
  head: Uint8Array,
  promised: readonly string[],
): { readonly type: string; readonly ending: string } | null {
  const found = isPdf(head) ? 'application/pdf' : mediaType(head, '');
  const isKnown = SIGNATURES.some(({ type }) => type === stated) && !CONTAINERS.has(stated);
  if (isKnown && found !== stated) return null;
  const isVague = stated === '' || /octet-stream|^binary\//.test(stated);
  const type = isVague ? (found ?? 'application/octet-stream') : stated;
  const isPromised = promised.some((one) => fits(type, one) || /octet-stream/.test(one));
  if (promised.length > 0 && !isPromised) return null;
  const ending = SIGNATURES.find((one) => one.type === type)?.endings[0] ?? MORE_ENDINGS[type] ?? '.bin';
  return { type, ending };
}

/**
 * @param types that the service's contract accepts; empty where it does not say
 * @returns the media type to send the file as
 * @throws LocalError for what is not accepted, or is not what its name says
 */
export function acceptedType(
  file: { name: string; ending: string; head: Uint8Array },
  types: readonly string[],
): string {
  const { name, ending, head } = file;
  const found = mediaType(head, ending);
  const promised = SIGNATURES.find(({ endings }) => endings.includes(ending.toLowerCase()));
  if (promised !== undefined && BY_ENDING[ending.toLowerCase()] === undefined && promised.type !== found) {
    throw refused(`${name} is not the ${ending.slice(1).toUpperCase()} file that its name says`, types);
  }
  if (types.length === 0) return found ?? 'application/octet-stream';
  if (found !== null && types.some((type) => fits(found, type))) return found;
  throw refused(`${name} is ${found ?? 'of an unknown type'}, which is not accepted`, types);
}

function fits(type: string, accepted: string): boolean {
  const [kind] = type.split('/');
  return accepted === type || accepted === '*/*' || accepted === `${kind}/*`;
}

function refused(what: string, types: readonly string[]): LocalError {
  const hint = types.length === 0 ? 'Choose another file.' : `It takes ${types.join(', ')}.`;
  return new LocalError('file_type', `${what}: nothing was sent.`, { hint });
}
