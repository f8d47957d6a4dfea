/** An answer that is not 2xx (lucanto-api.md section 3). */
export interface RefusalExtras {
  /** Validation messages. */
  readonly errors?: readonly string[];
  /** Where a plan cap can be lifted. */
  readonly upgradeUrl?: string;
  /** Seconds, sent as `Retry-After`. */
  readonly retryAfter?: number;
}

export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly status: number;
  /** The envelope's `error`. */
  readonly code: string;
  readonly extras: RefusalExtras;

  constructor(status: number, code: string, message: string, extras: RefusalExtras = {}) {
    super(message);
    this.status = status;
    this.code = code;
    this.extras = extras;
  }
}

export function notFound(what: string): Refusal {
  return new Refusal(404, 'not_found', `${what} was not found.`);
}

export function conflict(message: string): Refusal {
  return new Refusal(409, 'conflict', message);
}

export function invalid(errors: readonly string[]): Refusal {
  return new Refusal(422, 'unprocessable_entity', 'The request could not be processed: see errors.', { errors });
}

/** The error envelope, as the service documents it. */
export function envelope(refusal: Refusal, requestId: string): Record<string, unknown> {
  const { errors, upgradeUrl } = refusal.extras;
  return {
    error: refusal.code,
    message: refusal.message,
    request_id: requestId,
    docs_url: `https://docs.lucanto.eu/api/v1/errors/${refusal.code}`,
    ...(errors === undefined ? {} : { errors }),
    ...(upgradeUrl === undefined ? {} : { upgrade_url: upgradeUrl }),
  };
}
