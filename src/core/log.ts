/** Log lines go to stderr only: stdout belongs to the protocol (serve) or to results (every other command). */

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

/** The secrets of this process, masked by value: whatever their prefix, wherever they turn up. */
export class Secrets {
  readonly #values = new Set<string>();

  conceal(secret: string): void {
    if (secret.length < SHORTEST) return;
    // In JSON it may be written otherwise, and in JSON that is a text in JSON, as answers are, once more.
    const inJson = JSON.stringify(secret).slice(1, -1);
    for (const written of [JSON.stringify(inJson).slice(1, -1), inJson, secret]) this.#values.add(written);
  }

  /** The text without them, and without anything else that looks like a token. */
  masked(text: string): string {
    return this.maskedValues(redact(text));
  }

  /** For answers, which may hold tokens that are the user's to see (a new one, say), but never these. */
  maskedValues(text: string): string {
    let masked = text;
    for (const value of this.#values) masked = masked.replaceAll(value, '[token]');
    return masked;
  }
}

export function createLog(level: LogLevel, write: (line: string) => void, secrets: Secrets): Log {
  const threshold = LOG_LEVELS.indexOf(level);
  const at = (of: LogLevel) => (message: string) => {
    if (LOG_LEVELS.indexOf(of) <= threshold) write(`lucanto-mcp ${of}: ${secrets.masked(message)}\n`);
  };
  return { level, secrets, error: at('error'), warn: at('warn'), info: at('info'), debug: at('debug') };
}
