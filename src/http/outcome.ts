/** What is said after a write that may or may not have been carried out: the same words everywhere. */
import type { ErrorDetails, ErrorInit } from '../errors.ts';

/** @param checkWith the read tool that shows whether it was carried out. */
export function unknownOutcome(
  checkWith: string | undefined,
  rest: { readonly details?: ErrorDetails; readonly cause?: unknown } = {},
): ErrorInit {
  return {
    hint: checkFirst(checkWith),
    details: { ...rest.details, outcome: 'unknown' },
    cause: rest.cause,
  };
}

export function checkFirst(checkWith: string | undefined): string {
  const how = checkWith === undefined ? 'with the matching list or get tool' : `with ${checkWith}`;
  return `It is not known whether this was carried out: check first ${how}, and repeat it only if it was not.`;
}
