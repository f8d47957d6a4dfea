/** What a field was and is, as an answer to a change says it. */
import { canonicalJson, isJsonObject, numbersAsText, objectIn, withoutNulls } from '../../core/json.ts';

const MOST = 60;

/** @param now as the answer has it, null where it has no such field; undefined where the answer shows no record */
export function valueChange(arg: string, was: unknown, sent: unknown, now: unknown) {
  const isShown = now !== undefined && (now !== null || (sent ?? null) === null);
  const value = isShown ? now : sent;
  return {
    arg,
    isChanged: !isSame(value, was),
    text: `${arg} ${brief(was)} → ${brief(value)}${isShown ? '' : ' (sent)'}`,
    is: `${arg} is ${brief(was)}`,
  };
}

/** As `valueChange`, of an object member by member: also of those that the call did not give, and that are gone. */
export function valueChanges(arg: string, was: unknown, sent: unknown, now: unknown): ReturnType<typeof valueChange>[] {
  const after = isJsonObject(now) ? now : sent;
  if (!isJsonObject(was) || !isJsonObject(after)) return [valueChange(arg, was, sent, now)];
  const names = new Set(Object.keys(after === now ? { ...was, ...now } : after));
  return [...names].flatMap((name) =>
    valueChanges(`${arg}.${name}`, was[name], objectIn(sent)[name], after === now ? (after[name] ?? null) : undefined),
  );
}

function brief(value: unknown): string {
  if (value === null || value === undefined) return 'empty';
  if (typeof value === 'string' && value.length <= MOST && /^[\w.+:-]+$/.test(value)) return value;
  // A surrogate pair must not be cut in half.
  const isLong = typeof value === 'string' && value.length > MOST;
  const text = canonicalJson(isLong ? `${value.slice(0, MOST).replace(/[\uD800-\uDBFF]$/, '')}…` : withoutNulls(value));
  return isLong || text.length <= MOST ? text : '…';
}

/** Answers come without nulls, and ids perhaps as text. */
export function isSame(given: unknown, read: unknown): boolean {
  const plain = (value: unknown) => canonicalJson(numbersAsText(withoutNulls(value ?? null)) ?? null);
  return plain(given) === plain(read);
}

export function shown(value: unknown): string {
  const text = canonicalJson(withoutNulls(value ?? null));
  return text.length > MOST ? 'something else' : text;
}
