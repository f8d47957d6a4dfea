/** What is said after a write that may or may not have been carried out: the same words everywhere. */
import type { ErrorDetails, ErrorInit } from '../errors.ts';

/** @param checkWith the read tool that shows whether it was carried out; null where this client has none. */
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
