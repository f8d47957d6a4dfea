/** Small things said in several commands. */

export function count(number: number, singular: string): string {
  return `${thousands(number)} ${singular}${number === 1 ? '' : 's'}`;
}

/** Always with commas: output must not depend on the locale of the machine. */
export function thousands(number: number): string {
  return number.toLocaleString('en-US');
}

/** `3 hours ago`. @param since ISO 8601 */
export function ago(since: string, now: number): string {
  const minutes = Math.floor((now - Date.parse(since)) / 60_000);
  if (!Number.isFinite(minutes)) return 'at an unknown time';
  if (minutes < 1) return 'just now';
  if (minutes < 60) return `${count(minutes, 'minute')} ago`;
  if (minutes < 48 * 60) return `${count(Math.floor(minutes / 60), 'hour')} ago`;
  return `${count(Math.floor(minutes / (24 * 60)), 'day')} ago`;
}
