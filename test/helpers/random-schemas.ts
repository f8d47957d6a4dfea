/** Schemas of every shape that documents use, from a seed; and values that fit what clients are shown. */
import { isJsonObject } from '../../src/core/json.ts';

type Schemas = Record<string, unknown>;

/** @param unions also those that no single schema without unions can say exactly */
export function randomSchemas(seed: number, count: number, unions: boolean): Schemas {
  const random = mulberry(seed);
  const names = Array.from({ length: count }, (_, at) => `S${at}`);
  return Object.fromEntries(names.map((name) => [name, schemaOf(random, names, 0, unions)]));
}

function mulberry(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let value = Math.imul(state ^ (state >>> 15), 1 | state);
    value = (value + Math.imul(value ^ (value >>> 7), 61 | value)) ^ value;
    return ((value ^ (value >>> 14)) >>> 0) / 2 ** 32;
  };
}

const SCALARS = [
  { type: 'string' },
  { type: 'integer' },
  { type: 'number', nullable: true },
  { type: ['string', 'null'] },
  { type: ['string', 'number'] },
  { type: 'boolean' },
  { const: 'fixed' },
  { enum: ['a', 'b', null] },
  { enum: [1, 2] },
  true,
  {},
];

function schemaOf(random: () => number, names: readonly string[], level: number, unions: boolean): unknown {
  const pick = <T>(from: readonly T[]): T | undefined => from[Math.floor(random() * from.length)];
  const inner = (): unknown => schemaOf(random, names, level + 1, unions);
  const some = (least: number): readonly unknown[] => Array.from({ length: least + Math.floor(random() * 3) }, inner);
  if (level > 4 || random() < 0.25)
    return pick(unions ? [...SCALARS, { enum: ['mixed', 3] }, { type: 'null' }] : SCALARS);
  if (random() < 0.2)
    return { $ref: `#/components/schemas/${pick(names)}`, ...(random() < 0.3 ? { nullable: true } : {}) };
  const properties = Object.fromEntries(some(1).map((schema) => [pick(['p', 'q', 'r', 's', 't']), schema]));
  const required = Object.keys(properties).filter(() => random() < 0.4);
  const object = { type: 'object', properties, required };
  const exact = [
    object,
    { ...object, additionalProperties: false },
    { type: 'object', additionalProperties: inner() },
    { type: 'array', items: inner() },
    { type: 'array', items: inner(), nullable: true },
    { type: 'array' },
    { anyOf: [object, { type: 'null' }] },
    { allOf: [object, { required: ['z'], properties: { z: {} } }] },
  ];
  if (!unions) return pick(exact);
  return pick([
    ...exact,
    { type: 'array', prefixItems: some(1) },
    { oneOf: some(2) },
    { anyOf: some(2) },
    { ...object, anyOf: [{ required: ['p'] }, { required: ['q'] }] },
  ]);
}

/** @param full with every property, or only what is demanded */
export function sampleOf(schema: unknown, full: boolean): unknown {
  if (!isJsonObject(schema)) return 'any';
  if (Array.isArray(schema.enum)) return schema.enum[0];
  if (schema.type === 'string') return '1';
  if (schema.type === 'integer' || schema.type === 'number') return 1;
  if (schema.type === 'boolean') return true;
  if (schema.type === 'array') return full ? [sampleOf(schema.items, full)] : [];
  if (schema.type !== 'object') return 'anything';
  const required = Array.isArray(schema.required) ? schema.required : [];
  const properties = Object.entries(isJsonObject(schema.properties) ? schema.properties : {});
  return Object.fromEntries(
    properties
      .filter(([name]) => full || required.includes(name))
      .map(([name, property]) => [name, sampleOf(property, full)]),
  );
}
