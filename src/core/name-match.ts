/** Which company or customer is meant by an id, a name or a part of a name, as people write them. */

/** By its id, else by its whole name, else by a part of it, whatever the case, the accents and the punctuation. */
export function matchingNames<T extends { readonly id: string | null; readonly name: string | null }>(
  all: readonly T[],
  given: string,
): readonly T[] {
  const text = given.trim();
  const byId = all.filter(({ id }) => id === text);
  if (byId.length > 0) return byId;
  const wanted = foldedName(text);
  if (wanted === '') return [];
  const whole = all.filter(({ name }) => name !== null && foldedName(name) === wanted);
  return whole.length > 0 ? whole : all.filter(({ name }) => name !== null && foldedName(name).includes(wanted));
}

/** An id that cannot be taken for a name: it is used as it is. */
export function isSurelyId(given: string): boolean {
  return /^\d+$/.test(given) || /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(given);
}

export function companyList(companies: readonly { readonly id: string; readonly name: string }[]): string {
  return companies.map(({ id, name }) => (name === '' ? id : `${id} (${name})`)).join(', ');
}

/** `ACME, s.r.o.` is `acme s r o`; empty where nothing but signs is left. */
export function foldedName(text: string): string {
  return withoutAccents(text)
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
}

/** In lower case. */
export function withoutAccents(text: string): string {
  return text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase().trim();
}
