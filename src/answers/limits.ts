/** How long an answer may be (mcp-hosts.md section 2: hosts cut, refuse or file away what is longer). */

/** Characters, where the call says nothing. */
export const USUAL_CHARS = 10_000;
/** The least that a call may ask for. */
export const LEAST_CHARS = 1_000;
/** The most that a call may ask for. */
export const MOST_CHARS = 40_000;
/** Of a whole result, with whatever is not text in it. */
export const MOST_BYTES = 1_000_000;
