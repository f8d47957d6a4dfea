/** Which arguments a listed tool names, in its schema or in words, by itself or by reference to another tool. */

/** The text of a schema and of those that it refers to. */
export function withReferences(text: string, byName: ReadonlyMap<string, string>): string {
  const referred = [...text.matchAll(/as in (\w+)/g)].map((match) => match[1] ?? '');
  return [text, ...referred.map((name) => withReferences(byName.get(name) ?? '', byName))].join(' ');
}

/** Names of arguments, and of fields inside them. */
export function namesIn(schema: unknown): readonly string[] {
  if (typeof schema !== 'object' || schema === null) return [];
  const { properties, items } = Object.fromEntries(Object.entries(schema));
  const inner = typeof properties === 'object' && properties !== null ? Object.entries(properties) : [];
  return [...inner.flatMap(([name, property]) => [name, ...namesIn(property)]), ...namesIn(items)];
}
