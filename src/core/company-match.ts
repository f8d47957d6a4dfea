/** Which company is meant by an id, a name or a part of a name, as people write them. */

interface Company {
  readonly id: string;
  readonly name: string;
}

/** By its id, else by its whole name, else by a part of it, whatever the case and the accents. */
export function matchingCompanies<T extends Company>(companies: readonly T[], given: string): readonly T[] {
  const text = given.trim();
  const byId = companies.filter(({ id }) => id === text);
  if (byId.length > 0) return byId;
  const wanted = folded(text);
  if (wanted === '') return [];
  const whole = companies.filter(({ name }) => folded(name) === wanted);
  return whole.length > 0 ? whole : companies.filter(({ name }) => folded(name).includes(wanted));
}

/** An id that cannot be taken for a name: it is used as it is. */
export function isSurelyId(given: string): boolean {
  return /^\d+$/.test(given) || /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(given);
}

export function companyList(companies: readonly Company[]): string {
  return companies.map(({ id, name }) => (name === '' ? id : `${id} (${name})`)).join(', ');
}

function folded(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
}
