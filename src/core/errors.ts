import { isJsonObject, type JsonObject, objectIn, stringifyJson, withoutNulls } from './json.ts';

/**
 * The one error family, for the terminal and for MCP alike: what went wrong and where (`message`, one sentence),
 * what to do next (`hint`, where possible an exact command), and a word that programs can test (`code`).
 */

/** Exit codes of the command line (interface.md section 1). */
export const EXIT = {
  done: 0,
  failed: 1,
  usage: 2,
  auth: 3,
  unreachable: 4,
  interrupted: 130,
} as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** Facts that accompany an error. Everything here may be shown to users; nothing here may hold a secret. */
export interface ErrorDetails {
  readonly status?: number;
  /** The service's `request_id`, for support. */
  readonly requestId?: string;
  /** Validation messages, one sentence each. */
  readonly errors?: readonly string[];
  readonly docsUrl?: string;
  /** Where a plan limit can be lifted. */
  readonly upgradeUrl?: string;
  /** Seconds until a retry makes sense, from `Retry-After`. */
  readonly retryAfterSeconds?: number;
  /** Set where a write was sent and its result is not known, or where only a part of it was carried out. */
  readonly outcome?: 'unknown' | 'partly';
  /** Anything else that is worth telling, such as the workspaces to choose from. */
  readonly more?: Readonly<Record<string, unknown>>;
}

/**
 * What to do next. One sentence may serve both readers; where they act differently, `person` speaks to the person at
 * the terminal ("Add `--workspace 42`."), `model` to an assistant ("Ask the user which company is meant.").
 */
export type Hint = string | { readonly person: string; readonly model: string };

/** A command of ours that only a person can run. @param then what follows it, such as ", then restart the app" */
export function runHint(command: string, then = ''): Hint {
  return { person: `Run \`${command}\`${then}.`, model: `Ask the user to run \`${command}\`${then}.` };
}

interface ErrorInit {
  readonly hint: Hint;
  readonly details?: ErrorDetails;
  readonly cause?: unknown;
}

export abstract class LucantoError extends Error {
  abstract override readonly name: string;
  readonly exitCode: ExitCode = EXIT.failed;
  /** A stable word in snake_case; for errors of the service, its own `error` field. */
  readonly code: string;
  /** The next step, for a person at a terminal. */
  readonly hint: string;
  /** The next step, for a model that reads this as a tool's answer. */
  readonly modelHint: string;
  readonly details: ErrorDetails;

  constructor(code: string, message: string, init: ErrorInit) {
    super(message, init.cause === undefined ? undefined : { cause: init.cause });
    this.code = code;
    const { hint } = init;
    this.hint = typeof hint === 'string' ? hint : hint.person;
    this.modelHint = typeof hint === 'string' ? hint : hint.model;
    this.details = init.details ?? {};
  }
}

/** A command line, option or environment variable that cannot be used. */
export class UsageError extends LucantoError {
  override readonly name = 'UsageError';
  override readonly exitCode: ExitCode = EXIT.usage;
  constructor(message: string, init: ErrorInit) {
    super('usage', message, init);
  }
}

/** Tool arguments that do not fit the tool's schema; nothing was sent. */
export class ArgumentsError extends LucantoError {
  override readonly name = 'ArgumentsError';
  constructor(message: string, init: ErrorInit) {
    super('invalid_arguments', message, init);
  }
}

export function noCompany(): ArgumentsError {
  return new ArgumentsError('The API key reaches no company.', {
    hint: {
      person: 'Create a company in Lucanto, or use the API key of a user who has one.',
      model: 'Ask the user to create a company in Lucanto, or to use the API key of a user who has one.',
    },
  });
}

/** No token, or a token that the service refused (401) or that belongs to another origin. */
export class AuthError extends LucantoError {
  override readonly name = 'AuthError';
  override readonly exitCode: ExitCode = EXIT.auth;
}

/** The service could not be reached, or its answer never came. */
export class UnreachableError extends LucantoError {
  override readonly name = 'UnreachableError';
  override readonly exitCode: ExitCode = EXIT.unreachable;
}

/** The service answered with an error. `code` is its `error` field, or `http_<status>` where it sent none. */
export class ApiError extends LucantoError {
  override readonly name = 'ApiError';
}

/** The service answered something that is not what its contract says (HTML, cut JSON, a wrong id, too much). */
export class ProtocolError extends LucantoError {
  override readonly name = 'ProtocolError';
}

/** The deadline passed, or the caller gave up. */
export class AbortedError extends LucantoError {
  override readonly name = 'AbortedError';
}

/** Ctrl-C or Ctrl-D at a prompt. Every command asks before it changes anything. */
export class InterruptedError extends LucantoError {
  override readonly name = 'InterruptedError';
  override readonly exitCode: ExitCode = EXIT.interrupted;
  constructor() {
    super('interrupted', 'Cancelled. Nothing was changed.', { hint: 'Run the same command again to continue.' });
  }
}

/** Something on this machine: a file that cannot be read, parsed or written. */
export class LocalError extends LucantoError {
  override readonly name = 'LocalError';
}

/** An unknown or hidden tool. The server turns it into a JSON-RPC error, the command line into exit code 1. */
export class UnknownToolError extends LucantoError {
  override readonly name = 'UnknownToolError';
  constructor(message: string, init: ErrorInit) {
    super('unknown_tool', message, init);
  }
}

/** A defect of ours. */
export class InternalError extends LucantoError {
  override readonly name = 'InternalError';
  /** @param isWrite it may have happened after something was sent */
  constructor(cause: unknown, isWrite = false) {
    const what = cause instanceof Error ? cause.message : String(cause);
    const first = isWrite ? `${checkFirst(null)} ` : '';
    super('internal_error', `lucanto-mcp failed unexpectedly: ${what}`, {
      hint: {
        person: `${first}${isWrite ? 'With --log-level debug it prints what to report.' : 'Run the same again with --log-level debug and report what it prints.'}`,
        model: `${first}Tell the user: started with --log-level debug, lucanto-mcp prints what to report.`,
      },
      ...(isWrite && { details: { outcome: 'unknown' } }),
      cause,
    });
  }
}

export function toLucantoError(error: unknown): LucantoError {
  return error instanceof LucantoError ? error : new InternalError(error);
}

/** What is said after a write that may or may not have been carried out. @param checkWith the read tool that shows whether it was carried out; null where this client has none. */
export function unknownOutcome(
  checkWith: string | null,
  rest: { readonly details?: ErrorDetails; readonly cause?: unknown } = {},
): ErrorInit {
  return {
    hint: checkFirst(checkWith),
    details: { ...rest.details, outcome: 'unknown' },
    cause: rest.cause,
  };
}

export function checkFirst(checkWith: string | null): string {
  return `It is not known whether this was carried out: check first ${whereToLook(checkWith)}, and repeat it only if it was not.`;
}

/** Completes "check …" and "look …". */
export function whereToLook(listTool: string | null): string {
  return listTool === null ? 'in the Lucanto app' : `with ${listTool}`;
}

/** Longest text, and items of a list; the first that makes an error short enough. */
const LENGTHS = [
  [4000, 100],
  [1000, 50],
  [300, 20],
  [100, 5],
] as const;
const ESSENTIAL = new Set(['error', 'message', 'status', 'request_id', 'outcome', 'hint']);

/** An error with shorter texts and lists in it, as far as it takes; what is left out is counted. */
export function shortenedError(error: JsonObject, maxChars: number): JsonObject {
  const whole = objectIn(withoutNulls(error));
  if (stringifyJson(whole).length <= maxChars) return whole;
  for (const [text, items] of LENGTHS) {
    const shorter = objectIn(clipped(whole, text, items));
    if (stringifyJson(shorter).length <= maxChars) return shorter;
  }
  const essential = Object.entries(whole).filter(([name]) => ESSENTIAL.has(name));
  return Object.fromEntries(essential.map(([name, value]) => [name, String(value).slice(0, 1000)]));
}

function clipped(value: unknown, text: number, items: number): unknown {
  if (typeof value === 'string') return value.length <= text ? value : `${value.slice(0, text)}…`;
  if (Array.isArray(value)) {
    const shown = value.slice(0, items).map((item) => clipped(item, text, items));
    return value.length > items ? [...shown, `and ${value.length - items} more`] : shown;
  }
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, clipped(member, text, items)]));
}
