import { isJsonObject, parseJson, stringifyJson } from './json.ts';
import { visibleText } from './text.ts';

export const LOG_LEVELS = ['error', 'warn', 'info', 'debug'] as const;
type LogLevel = (typeof LOG_LEVELS)[number];

export interface Log {
  readonly level: LogLevel;
  /** What must not be read in any line, nor in anything else that leaves this process. */
  readonly secrets: Secrets;
  error(message: string): void;
  warn(message: string): void;
  info(message: string): void;
  debug(message: string): void;
}

// Lucanto's token prefixes (lct_pat_, lct_live_, lct_test_ and any later one), and whatever follows "Bearer".
const SECRETS = [/\blct_[a-z]+_[A-Za-z0-9_-]+/g, /(\bBearer\s+)[^\s"',;]+/gi];

/** Masks anything that looks like a token. The last line of defence: nothing should put one here to begin with. */
export function redact(text: string): string {
  return SECRETS.reduce(
    (masked, pattern) =>
      masked.replace(pattern, (match, lead) => (typeof lead === 'string' ? `${lead}[token]` : maskToken(match))),
    text,
  );
}

/** `lct_pat_abc…` becomes `lct_pat_[token]`: the kind helps support, the rest is secret. */
function maskToken(token: string): string {
  return `${token.split('_').slice(0, 2).join('_')}_[token]`;
}

/** Shorter than this, a secret would be found in every other word. */
const SHORTEST = 8;

/** The secrets of this process, masked by value: whatever their prefix, in each form in which a service may echo them. */
export class Secrets {
  readonly #forms = new Set<string>();
  readonly #secrets: string[] = [];
  #spelled: RegExp | null = null;
  #twice: readonly string[] | null = null;

  conceal(secret: string): void {
    if (secret.length < SHORTEST) return;
    this.#secrets.push(secret);
    this.#spelled = this.#twice = null;
    for (const form of [...formsOf(secret)].sort((one, other) => other.length - one.length)) this.#forms.add(form);
  }

  /** The text without them, and without anything else that looks like a token. */
  masked(text: string): string {
    return this.maskedValues(redact(text));
  }

  /** For answers, which may hold tokens that are the user's to see (a new one, say), but never these. */
  maskedValues(text: string): string {
    let masked = text;
    for (const form of this.#forms) masked = masked.replaceAll(form, MASK);
    // Made when it is first needed: a start conceals a secret long before there is a text to look through.
    this.#twice ??= [...new Set(this.#secrets.flatMap(inBase64).flatMap(inBase64))];
    for (const form of this.#twice) masked = masked.replaceAll(form, MASK);
    if (this.#secrets.length === 0) return masked;
    // JSON escapes some signs, at any depth.
    if (ESCAPE.test(masked) || this.#secrets.some((secret) => /["\\/]/.test(secret))) {
      this.#spelled ??= new RegExp(this.#secrets.map(spelledOut).join('|'), 'g');
      masked = masked.replace(this.#spelled, MASK);
    }
    const whole = masked.replace(BREAKS, '');
    if (whole.length === masked.length) return masked;
    const broken = [...this.#forms].filter((form) => whole.includes(form.replace(BREAKS, '')));
    const pattern = (form: string) => new RegExp([...form].map(literal).join(`${BREAK}*`), 'g');
    return broken.reduce((text, form) => text.replace(pattern(form), MASK), masked);
  }

  /**
   * JSON without them. Texts are masked before they are written, since a secret may look like JSON itself: masked
   * afterwards it could break the syntax. @param line the value as JSON, which comes back where there is nothing to mask
   */
  maskedJson(value: unknown, line: string): string {
    return this.maskedValues(line) === line ? line : stringifyJson(this.#maskedTexts(value));
  }

  /** JSON for our own files: no token is in it, be it echoed by the service or typed as an argument. */
  fileJson(value: unknown): string {
    // Text by text: in a whole line, a token could be written in another way.
    return JSON.stringify(value, (_name, member) => (typeof member === 'string' ? this.masked(member) : member));
  }

  #maskedTexts(value: unknown): unknown {
    if (typeof value === 'string') return this.#maskedText(value);
    if (Array.isArray(value)) return value.map((item) => this.#maskedTexts(item));
    if (!isJsonObject(value)) return value;
    const members = Object.entries(value).map(([name, member]) => [this.#maskedName(name), this.#maskedTexts(member)]);
    return Object.fromEntries(members);
  }

  /** Answers are texts that hold JSON: they must still hold JSON afterwards. */
  #maskedText(text: string): string {
    const masked = this.maskedValues(text);
    if (masked === text || !/^\s*[[{]/.test(text)) return masked;
    try {
      return stringifyJson(this.#maskedTexts(parseJson(text)));
    } catch {
      return masked;
    }
  }

  /** A name of letters alone is a word of the protocol or of the service. */
  #maskedName(name: string): string {
    return /^[a-z]+$/i.test(name) ? name : this.maskedValues(name);
  }
}

const MASK = '[token]';

/** How a character may be written: in addresses, in texts of programs and in HTML. Few texts have any. */
const ESCAPE = /%(?:25)*[2-7][\da-f]|\\[ux]\{?0*[2-7][\da-f]|&(?:#|(?:amp|lt|gt|quot|apos);)/i;
const ENTITIES: ReadonlyMap<string, string> = new Map(
  Object.entries({ '&': 'amp', '<': 'lt', '>': 'gt', '"': 'quot', "'": 'apos' }),
);

/** What may stand between two characters where a text is wrapped or broken into words, also in JSON. */
const BREAK = String.raw`(?:[\s\u00ad\u200b-\u200f\u2060-\u2064\ufeff]|\\{1,8}[nrt])`;
const BREAKS = new RegExp(`${BREAK}+`, 'g');

function literal(char: string): string {
  return char.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
}

/** A pattern of the secret, any character of which may be written so, in more than one layer. */
function spelledOut(secret: string): string {
  const hex = (code: number) =>
    code
      .toString(16)
      .padStart(2, '0')
      .replace(/[a-f]/g, (digit) => `[${digit}${digit.toUpperCase()}]`);
  const spellings = (char: string) => {
    const code = char.codePointAt(0) ?? 0;
    const units = char.split('').map((unit) => `\\\\{1,8}(?:u\\{?0{0,4}|x)${hex(unit.charCodeAt(0))}\\}?`);
    const names = [`#0{0,4}${code}`, `#[xX]0{0,4}${hex(code)}`, ENTITIES.get(char) ?? []].flat();
    const bytes = [...Buffer.from(char)].map((byte) => `%(?:25){0,3}${hex(byte)}`);
    const plain = `${/["\\/]/.test(char) ? '\\\\{0,32}' : ''}${literal(char)}`;
    return `(?:${plain}|${bytes.join('')}|${units.join('')}|&(?:amp;){0,3}(?:${names.join('|')});?)`;
  };
  return [...secret].map(spellings).join('');
}

/** As it is, in JSON once and twice, in an address, in hexadecimal, in one case, and inside anything that was encoded as Base64. */
function formsOf(secret: string): ReadonlySet<string> {
  const inAddress = encoded(secret);
  const hex = Buffer.from(secret).toString('hex');
  const once = inBase64(secret);
  const forms = [
    ...[secret, secret.toLowerCase(), secret.toUpperCase()].flatMap(inJson),
    ...[hex, hex.toUpperCase(), ...once, ...once.map(encoded)],
    ...[inAddress, inAddress.replace(/%../g, (byte) => byte.toLowerCase()), inAddress.replaceAll('%20', '+')],
  ];
  return new Set(forms.filter((form) => form.length >= SHORTEST));
}

function inJson(text: string): readonly string[] {
  const once = JSON.stringify(text).slice(1, -1);
  return [JSON.stringify(once).slice(1, -1), once, once.replaceAll('/', '\\/'), text];
}

/** What stands for the text in Base64, whatever stands before and after it. */
function inBase64(text: string): readonly string[] {
  return [0, 1, 2].flatMap((lead) => {
    const whole = Buffer.concat([Buffer.alloc(lead), Buffer.from(text)])
      .toString('base64')
      .replace(/=+$/, '');
    // Characters at the ends also hold bits of what stands before and after the secret.
    const core = whole.slice(
      Math.ceil((lead * 4) / 3),
      whole.length - ((lead + Buffer.byteLength(text)) % 3 === 0 ? 0 : 1),
    );
    return [core, core.replaceAll('+', '-').replaceAll('/', '_')];
  });
}

/** Half a surrogate pair has no form in an address. */
function encoded(secret: string): string {
  try {
    return encodeURIComponent(secret);
  } catch {
    return secret;
  }
}

export function createLog(level: LogLevel, write: (line: string) => void, secrets: Secrets): Log {
  const threshold = LOG_LEVELS.indexOf(level);
  const at = (of: LogLevel) => (message: string) => {
    if (LOG_LEVELS.indexOf(of) <= threshold) write(`lucanto-mcp ${of}: ${visibleText(secrets.masked(message))}\n`);
  };
  return { level, secrets, error: at('error'), warn: at('warn'), info: at('info'), debug: at('debug') };
}
