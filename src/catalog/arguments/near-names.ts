/** `; did you mean \`amount\`?`, or nothing. */
export function suggestion(name: string, known: readonly string[]): string {
  const near = nearNames(name, known);
  return near.length === 0 ? '' : `; did you mean ${near.map((candidate) => `\`${candidate}\``).join(' or ')}?`;
}

/** The known names that someone who wrote `name` most likely meant, nearest first, three at most. */
export function nearNames(name: string, known: readonly string[]): string[] {
  const wanted = fold(name);
  if (wanted.length > 60) return [];
  const limit = Math.max(1, Math.floor(wanted.length / 3));
  return known
    .map((candidate) => ({ candidate, distance: distanceTo(wanted, fold(candidate)) }))
    .filter(({ distance }) => distance <= limit)
    .sort((left, right) => left.distance - right.distance)
    .slice(0, 3)
    .map(({ candidate }) => candidate);
}

/** `contactId`, `contact-id` and `contact_id` are the same word. */
function fold(name: string): string {
  return name.toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, '');
}

function distanceTo(wanted: string, candidate: string): number {
  // One inside the other counts as near: `date` for `issue_date`, `invoice_status` for `status`.
  const contained =
    Math.min(wanted.length, candidate.length) >= 4 && (candidate.endsWith(wanted) || wanted.endsWith(candidate));
  return contained ? 1 : levenshtein(wanted, candidate);
}

function levenshtein(left: string, right: string): number {
  let row = Array.from({ length: right.length + 1 }, (_, column) => column);
  for (const [index, letter] of [...left].entries()) {
    const next = [index + 1];
    for (const [column, other] of [...right].entries()) {
      const substituted = (row[column] ?? 0) + (letter === other ? 0 : 1);
      next.push(Math.min(substituted, (row[column + 1] ?? 0) + 1, (next[column] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
