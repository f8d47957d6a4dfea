/** Reads an OpenAPI document the slow and simple way, for tests only. */
export type Node = Record<string, unknown>;

export function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function child(value: unknown, ...keys: readonly string[]): Node {
  let at: unknown = value;
  for (const key of keys) at = isNode(at) ? at[key] : undefined;
  if (!isNode(at)) throw new Error(`Nothing at ${keys.join(' → ')}`);
  return at;
}

/** The object that a `$ref` points to, with what stands beside the `$ref` on top. */
export function deref(document: Node, value: Node): Node {
  const { $ref, ...beside } = value;
  if (typeof $ref !== 'string') return value;
  return { ...deref(document, child(document, ...$ref.replace('#/', '').split('/'))), ...beside };
}

/** Every property of an object schema, those of `allOf` included. */
export function propertiesOf(document: Node, schema: Node): Node {
  const { allOf, properties } = deref(document, schema);
  const parts = Array.isArray(allOf) ? allOf.filter(isNode).map((part) => propertiesOf(document, part)) : [];
  return Object.assign({}, ...parts, isNode(properties) ? properties : {});
}

export interface FoundOperation {
  readonly method: string;
  readonly path: string;
  readonly operation: Node;
  /** Those of the path and of the operation, resolved. */
  readonly parameters: readonly Node[];
}

export function operationsOf(document: Node): FoundOperation[] {
  const resolved = (list: unknown) =>
    Array.isArray(list) ? list.filter(isNode).map((entry) => deref(document, entry)) : [];
  return Object.entries(child(document, 'paths')).flatMap(([path, item]) =>
    Object.entries(isNode(item) ? item : {})
      .filter(([method]) => method !== 'parameters')
      .map(([method]) => {
        const operation = child(item, method);
        const parameters = [...resolved(child({ item }, 'item').parameters), ...resolved(operation.parameters)];
        return { method, path, operation, parameters };
      }),
  );
}

/** Every object anywhere in the document that describes one property, with its place. */
export function describedProperties(value: unknown, place = ''): [string, Node][] {
  if (Array.isArray(value)) return value.flatMap((entry, index) => describedProperties(entry, `${place}/${index}`));
  if (!isNode(value)) return [];
  const own = isNode(value.properties)
    ? Object.entries(value.properties).map(([name, schema]): [string, Node] => [
        `${place}/properties/${name}`,
        isNode(schema) ? schema : {},
      ])
    : [];
  return [...own, ...Object.entries(value).flatMap(([key, entry]) => describedProperties(entry, `${place}/${key}`))];
}
