/** JSON that is longer than hosts take: whole members or rows are left out, and said so. JSON is never cut. */
import { isJsonObject, parseJson, stringifyJson } from '../json.ts';

/** The text as it is where it fits; else an object with `left_out`. */
export function fitted(text: string, maxCharacters: number): string {
  if (text.length <= maxCharacters) return text;
  const value = parseJson(text);
  if (Array.isArray(value)) return fittedRows(value, maxCharacters);
  return isJsonObject(value)
    ? fittedMembers(value, maxCharacters)
    : stringifyJson({ left_out: 'everything: too long' });
}

/** The longest members go first: a long text or list, hardly ever an amount or a date. */
function fittedMembers(record: Record<string, unknown>, maxCharacters: number): string {
  const byLength = Object.entries(record)
    .map(([name, member]) => ({ name, length: stringifyJson(member ?? null).length }))
    .sort((a, b) => b.length - a.length);
  const leftOut: string[] = [];
  const shown = (): string => {
    const kept = Object.entries(record).filter(([name]) => !leftOut.includes(name));
    return stringifyJson({ ...Object.fromEntries(kept), left_out: leftOut });
  };
  for (const { name } of byLength) {
    leftOut.push(name);
    const text = shown();
    if (text.length <= maxCharacters) return text;
  }
  return stringifyJson({ left_out: 'everything: too long' });
}

function fittedRows(rows: readonly unknown[], maxCharacters: number): string {
  let kept = rows.length;
  let text = '';
  do {
    kept = Math.floor(kept * 0.8);
    text = stringifyJson({ data: rows.slice(0, kept), left_out: rows.length - kept });
  } while (text.length > maxCharacters && kept > 0);
  return text;
}
