/**
 * What every host accepts of a tool's input schema (mcp-hosts.md section 3), as a list of problems: empty is good.
 */
import { isJsonObject } from '../../src/core/json.ts';

const BANNED = [
  '$ref',
  '$defs',
  'definitions',
  'oneOf',
  'anyOf',
  'allOf',
  'not',
  'if',
  'prefixItems',
  'const',
  'nullable',
  'readOnly',
  'writeOnly',
  'discriminator',
  'xml',
  'examples',
  'example',
  'title',
  'patternProperties',
];
const TYPES = ['string', 'number', 'integer', 'boolean', 'object', 'array'];

/** @param longest characters of a description; arguments that are told in words may need more */
export function portabilityProblems(schema: unknown, longest = 500): readonly string[] {
  if (!isJsonObject(schema)) return ['the schema is no object'];
  const problems: string[] = [];
  if (schema.type !== 'object') problems.push('the root is no object type');
  if (!isJsonObject(schema.properties)) problems.push('the root has no properties');
  if (schema.additionalProperties !== false) problems.push('the root allows additional properties');
  for (const name of Object.keys(isJsonObject(schema.properties) ? schema.properties : {})) {
    if (!/^[a-zA-Z0-9_.-]{1,64}$/.test(name)) problems.push(`the argument name ${name} is not accepted everywhere`);
  }
  walk(schema, '#', problems, longest);
  return problems;
}

function walk(schema: unknown, at: string, problems: string[], longest: number): void {
  if (!isJsonObject(schema)) {
    problems.push(`${at} is no schema object`);
    return;
  }
  for (const keyword of Object.keys(schema)) {
    if (BANNED.includes(keyword) || keyword.startsWith('x-')) problems.push(`${at} has ${keyword}`);
  }
  const { type, items, properties, required, additionalProperties, description } = schema;
  if (type !== undefined && !TYPES.some((known) => known === type))
    problems.push(`${at} has type ${JSON.stringify(type)}`);
  if (type === 'array' && !isJsonObject(items)) problems.push(`${at} is an array without items`);
  if ('items' in schema) walk(items, `${at}/items`, problems, longest);
  if (additionalProperties !== undefined && additionalProperties !== false)
    walk(additionalProperties, `${at}/*`, problems, longest);
  if ('default' in schema && schema.default === null) problems.push(`${at} has default null`);
  if (description !== undefined && (typeof description !== 'string' || description.length > longest)) {
    problems.push(`${at} has a description that is no short text`);
  }
  if ('enum' in schema && (!Array.isArray(schema.enum) || schema.enum.length === 0 || schema.enum.includes(null))) {
    problems.push(`${at} has an unusable enum`);
  }
  const names = isJsonObject(properties) ? properties : {};
  if (required !== undefined) {
    if (!Array.isArray(required) || required.length === 0) problems.push(`${at} has an empty required`);
    else
      for (const name of required) if (!Object.hasOwn(names, name)) problems.push(`${at} requires the unknown ${name}`);
  }
  for (const [name, property] of Object.entries(names)) walk(property, `${at}/${name}`, problems, longest);
}
