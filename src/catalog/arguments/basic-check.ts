/** What is left of validation where Ajv cannot compile a schema: required, unknown names and types at the top level. */
import type { JsonSchema } from '../../contract/schema-types.ts';
import { isJsonObject } from '../../json.ts';
import { jsonTypes, typesOf } from './schema-view.ts';
import { describeExpected, describeValue, suggestion } from './wording.ts';

export function basicProblems(args: Readonly<Record<string, unknown>>, schema: JsonSchema): string[] {
  const properties = isJsonObject(schema.properties) ? schema.properties : {};
  const required = Array.isArray(schema.required) ? schema.required.filter((name) => typeof name === 'string') : [];
  const missing = required.filter((name) => !Object.hasOwn(args, name)).map((name) => `\`${name}\` is missing`);
  const wrong = Object.entries(args).flatMap(([name, value]) => {
    if (!Object.hasOwn(properties, name)) {
      const known = schema.additionalProperties !== false;
      return known ? [] : [`\`${name.slice(0, 60)}\` is not known here${suggestion(name, Object.keys(properties))}`];
    }
    const described = properties[name];
    if (!isJsonObject(described)) return [];
    const types = typesOf([described], schema);
    if (types === null || jsonTypes(value).some((type) => types.has(type))) return [];
    return [`\`${name}\` is ${describeValue(value)}, expected ${describeExpected(described, schema)}`];
  });
  return [...missing, ...wrong];
}
