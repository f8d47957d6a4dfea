/** One record as an answer that is no longer than it may be: always whole JSON, and it says what is missing. */
import type { AnswerField } from '../contract/operation.ts';
import { isJsonObject, type JsonObject, recordIn, stringifyJson } from '../json.ts';
import { columnsOf, projected } from './columns.ts';
import { type LeftOut, leftOutRemarks, someNames, withRemarks } from './remarks.ts';
import { type Shrunk, shrunk } from './shrink.ts';
import type { AnswerWish } from './wish.ts';

/** @param contract what the document says of the record, perhaps nothing. */
export function recordText(value: unknown, wish: AnswerWish, contract: readonly AnswerField[]): string {
  const { fields, maxChars } = wish;
  if (fields === null || !isJsonObject(value)) return fittedText(value, { maxChars, carriedOut: false }, {});
  const record = fields.some((name) => Object.hasOwn(value, name)) ? value : recordIn(value);
  const columns = columnsOf([record], fields, contract);
  // Whoever asked for nothing that there is gets what there is.
  const nothing = columns.unknown.length === fields.length;
  const shown = nothing ? value : inPlaceOf(record, projected(record, columns, fields), value);
  const unknown = columns.unknown.length > 0 && { unknown_fields: someNames(columns.unknown, maxChars) };
  const more = columns.more.length > 0 && !nothing && { more_fields: someNames(columns.more, maxChars) };
  return fittedText(shown, { maxChars, carriedOut: false }, { ...unknown, ...more });
}

/** The answer with the record in it replaced; the record itself where nothing wraps it. */
function inPlaceOf(record: JsonObject, shown: unknown, answer: JsonObject): unknown {
  if (record === answer) return shown;
  return Object.fromEntries(Object.entries(answer).map(([name, value]) => [name, value === record ? shown : value]));
}

/** @param remarks that stand behind the record in any case. */
export function fittedText(value: unknown, about: Omit<LeftOut, 'isOnly'>, remarks: JsonObject): string {
  const whole = stringifyJson(isJsonObject(value) ? withRemarks(value, remarks) : value);
  if (whole.length <= about.maxChars) return whole;
  const record = isJsonObject(value) ? value : { value };
  const isOnly = Object.keys(record).length === 1;
  return fitted(record, about, (part) =>
    stringifyJson(withRemarks(part.value, { ...remarks, ...leftOutRemarks(part, { ...about, isOnly }) })),
  );
}

/** Shrinks a record until the text made of it and its remarks fits. */
export function fitted(
  record: JsonObject,
  { maxChars }: Pick<LeftOut, 'maxChars'>,
  write: (part: Shrunk) => string,
): string {
  let room = maxChars;
  for (;;) {
    const part = shrunk(record, room);
    const text = write(part);
    // Less than nothing is not to be had: the remarks alone are far shorter than the least that may be asked for.
    if (text.length <= maxChars || room <= 2) return text;
    // Each round takes at least so much out of what is there: the remarks have grown meanwhile.
    const taken = Math.min(room, stringifyJson(part.value).length);
    room = Math.max(2, taken - (text.length - maxChars));
  }
}
