/** One cell of a saved table: a text, an exact number, a day, a time, yes or no, or nothing. */
export type TableCell =
  | { readonly kind: 'text'; readonly text: string }
  /** Decimal digits; `isMoney` shows two decimals. */
  | { readonly kind: 'number'; readonly text: string; readonly isMoney: boolean }
  /** YYYY-MM-DD. */
  | { readonly kind: 'date'; readonly text: string }
  /** YYYY-MM-DDTHH:MM:SS, in UTC. */
  | { readonly kind: 'time'; readonly text: string }
  | { readonly kind: 'flag'; readonly isTrue: boolean }
  | null;

/** Spreadsheets take texts that begin like this for formulas, some of them also in full-width forms. */
export const FORMULA_START = /^[ \u00a0]*[=+\-@\t\r＝＋－＠]/;
