/** Log lines go to stderr only: stdout belongs to the protocol (serve) or to results (every other command). */

export const LOG_LEVELS = ['error', 'warn', 'info', 'debug'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

export interface Log {
  readonly level: LogLevel;
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

export function createLog(level: LogLevel, write: (line: string) => void): Log {
  const threshold = LOG_LEVELS.indexOf(level);
  const at = (of: LogLevel) => (message: string) => {
    if (LOG_LEVELS.indexOf(of) <= threshold) write(`lucanto-mcp ${of}: ${redact(message)}\n`);
  };
  return { level, error: at('error'), warn: at('warn'), info: at('info'), debug: at('debug') };
}
