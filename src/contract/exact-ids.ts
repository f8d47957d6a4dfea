/**
 * Ids as text. Lucanto's ids have 64 bits, and most hosts are written in JavaScript: they round a number above 2^53, and
 * the call reaches the record beside the one that was meant. A string of digits survives; it is sent as the number that
 * the contract asks for, and a number is accepted as well.
 */
import { isJsonObject } from '../json.ts';
import type { JsonSchema } from './schema-types.ts';

const ID = /(?:^|_)ids?$|[a-z0-9]Ids?$/;

/** @param schema portable, of the property `name` */
export function idsAsText(name: string, schema: JsonSchema): JsonSchema {
  const { type, properties, items } = schema;
  if (type === 'integer') return ID.test(name) && !isBounded(schema) ? asText(schema) : schema;
  return {
    ...schema,
    ...(isJsonObject(properties) && {
      properties: Object.fromEntries(Object.entries(properties).map(([key, value]) => [key, idsIn(key, value)])),
    }),
    ...(isJsonObject(items) && { items: idsAsText(name, items) }),
  };
}

function idsIn(name: string, schema: unknown): unknown {
  return isJsonObject(schema) ? idsAsText(name, schema) : schema;
}

/** Numbers that no host rounds. */
function isBounded({ enum: values, maximum }: JsonSchema): boolean {
  return values !== undefined || (typeof maximum === 'number' && maximum <= Number.MAX_SAFE_INTEGER);
}

function asText({ minimum: _min, maximum: _max, default: _preset, ...rest }: JsonSchema): JsonSchema {
  return { ...rest, type: 'string' };
}
