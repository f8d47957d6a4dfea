import { isJsonObject, type JsonSchema } from '../core/json.ts';
import { trimText } from '../core/text.ts';
import { countFacts, DECIMAL, describe, facts, MACHINE_BOUND, rangeFacts } from './constraints.ts';
import { anyNode, type Node, nodeOf } from './document.ts';
import { flatten } from './flat-object.ts';
import type { Kind, Shape } from './merge-schemas.ts';
import { snake } from './naming.ts';
import { SchemaReader } from './schema-reader.ts';

/**
 * The schema that clients see, for every host: no references, no type arrays, no unions, no null, no tuples, no boolean
 * schemas; every array has items. The rest is described in prose. A value that fits it also fits the validation schema,
 * unless it mixes the branches of a union.
 */
const MAX_LEVEL = 12;
const MAX_NODES = 1500;

const FILLERS = new Set(['a', 'an', 'the', 'of', 'its', 'this', 'id', 'record', 'value', 'field', 'in', 'for', 'to']);

/** Whether a description only repeats the name and so wastes tokens: "The issue date." of `issue_date`, "Record id" of `id`. */
function isRedundant(description: string, name: string): boolean {
  if (name === '' || description.length > 60 || /[^A-Za-z0-9 .'_-]|\d/.test(description)) return false;
  const said = snake(name).split('_');
  const words = snake(description).split('_');
  return words.every((word) => said.includes(word) || FILLERS.has(word));
}

export class PortableEmitter {
  readonly #reader: SchemaReader;
  readonly #presets: boolean;
  #left = MAX_NODES;

  /**
   * @param presets whether `default` is shown; in an update it would invite overwriting
   */
  constructor(reader: SchemaReader, presets: boolean) {
    this.#reader = reader;
    this.#presets = presets;
  }

  /** @param name of the property, which a description need not repeat */
  emit(node: Node, level = 0, name = ''): JsonSchema {
    this.#left -= 1;
    const { shapes: read, nullable } = this.#reader.alternatives(node);
    const shapes = read.map((shape) => (isRedundant(shape.description, name) ? { ...shape, description: '' } : shape));
    const [first] = shapes;
    if (first === undefined) return nullable ? { description: 'Only null' } : {};
    if (level > MAX_LEVEL || this.#left < 0) return unread(first);
    const single = shapes.flatMap(byKind);
    const kinds = new Set(single.flatMap((shape) => shape.kinds ?? 'any'));
    if (kinds.has('any')) return described({}, describe(first));
    if (kinds.has('object')) return this.#object(node, first, kinds, level);
    const arrays = single.filter((shape) => shape.kinds?.includes('array'));
    if (arrays.length > 0) return this.#array(arrays, kinds, level);
    return this.#scalar(single, kinds);
  }

  #object(node: Node, first: Shape, kinds: ReadonlySet<Kind | 'any'>, level: number): JsonSchema {
    const { properties, required, additional, note } = flatten(this.#reader, node);
    const shown: Record<string, JsonSchema> = {};
    for (const [name, property] of properties) {
      if (!this.#reader.isHidden(property, required.has(name))) shown[name] = this.emit(property, level + 1, name);
    }
    const schema: Record<string, unknown> = { type: 'object' };
    if (Object.keys(shown).length > 0) schema.properties = shown;
    const needed = [...required].filter((name) => Object.hasOwn(shown, name));
    if (needed.length > 0) schema.required = needed;
    if (additional === false) schema.additionalProperties = false;
    else if (additional !== true) schema.additionalProperties = this.emit(additional, level + 1);
    return described(schema, describe(first, facts(note, otherKinds(kinds, 'object'))));
  }

  #array(shapes: readonly Shape[], kinds: ReadonlySet<Kind | 'any'>, level: number): JsonSchema {
    const [first] = shapes;
    if (first === undefined) return {};
    const nodes = shapes.flatMap(({ items, tuple }) => [...tuple, ...(items === null ? [] : [items])]);
    const items = nodes.length === 0 ? {} : withoutRepeated(this.emit(anyNode(nodes), level + 1), first.description);
    const schema: Record<string, unknown> = { type: 'array', items };
    const [min, max] = [first.bounds.get('minItems') ?? 0, first.bounds.get('maxItems')];
    if (shapes.length === 1 && min > 0) schema.minItems = min;
    if (shapes.length === 1 && max !== undefined) schema.maxItems = max;
    return described(
      schema,
      describe(first, [
        ...facts(this.#tupleWords(first), otherKinds(kinds, 'array')),
        ...(shapes.length === 1 ? countFacts(first) : []),
      ]),
    );
  }

  #tupleWords({ tuple }: Shape): string {
    if (tuple.length === 0) return '';
    const places = tuple.map((node) => {
      const [shape] = this.#reader.alternatives(node).shapes;
      return trimText(shape?.description || shape?.kinds?.[0] || 'any', 40);
    });
    return `in this order: ${places.join(', ')}`;
  }

  #scalar(shapes: readonly Shape[], kinds: ReadonlySet<Kind | 'any'>): JsonSchema {
    const [first] = shapes;
    if (first === undefined) return {};
    const text = shapes.find((shape) => shape.kinds?.includes('string') && shape.values === null);
    const enumerated = shapes.every(({ values }) => values !== null);
    const all = [...new Set(shapes.flatMap((shape) => shape.values ?? []))];
    // An empty string among the values makes some APIs refuse the whole request.
    const values = all.some((value) => value !== '') ? all.filter((value) => value !== '') : all;
    const numeric = kinds.has('number') || kinds.has('integer');
    const rest = shapes.filter((shape) => shape !== first && shape.description !== first.description);
    const suchAs = enumerated || values.length === 0 ? [] : [trimText(`such as ${values.join(', ')}`, 120)];
    const also = [...rest.map((shape) => describe(shape)), ...suchAs];
    if (kinds.size === 1 || (kinds.size === 2 && kinds.has('number') && kinds.has('integer'))) {
      const type = kinds.has('number') ? 'number' : [...kinds][0];
      const schema: Record<string, unknown> = { type };
      if (enumerated) schema.enum = values;
      else if (shapes.length === 1) this.#numberBounds(first, schema);
      const presets = this.#presets && shapes.length === 1 ? presetOf(first, type) : {};
      const more = facts(...also);
      const ranges = enumerated || shapes.length > 1 || !numeric ? [] : rangeFacts(first);
      return described(
        withoutSaid({ ...schema, ...presets }, describe(first, more)),
        describe(first, [...more, ...ranges]),
      );
    }
    if (text !== undefined && numeric && !kinds.has('boolean')) {
      const decimal = kinds.has('number') ? DECIMAL : { say: 'as a string', said: /\bstring\b/i };
      return described(
        { type: 'string' },
        describe({ ...text, description: first.description, format: null, patterns: [] }, [decimal]),
      );
    }
    return described({}, describe({ ...first, patterns: [] }, facts(alternativesInWords(shapes))));
  }

  #numberBounds({ bounds }: Shape, schema: Record<string, unknown>): void {
    const minimum = bounds.get('minimum') ?? Number.NEGATIVE_INFINITY;
    const maximum = bounds.get('maximum') ?? Number.POSITIVE_INFINITY;
    const limited = maximum < MACHINE_BOUND;
    // Every id starts at 1, and saying so costs tokens.
    if (minimum > -MACHINE_BOUND && (limited || minimum !== 1)) schema.minimum = minimum;
    if (limited) schema.maximum = maximum;
  }
}

/** A tool's schema from anywhere (the remote catalogue, say), made portable; anything but an object becomes an empty one. */
export function portableToolSchema(schema: unknown): JsonSchema {
  const node = nodeOf(schema);
  const reader = new SchemaReader(schema);
  const emitter = new PortableEmitter(reader, true);
  const { properties, required, note } = flatten(reader, node);
  const shown: Record<string, JsonSchema> = {};
  for (const [name, property] of properties) {
    if (!reader.isHidden(property, required.has(name))) shown[name] = emitter.emit(property, 1, name);
  }
  const needed = [...required].filter((name) => Object.hasOwn(shown, name));
  return {
    type: 'object',
    properties: shown,
    ...(needed.length > 0 ? { required: needed } : {}),
    additionalProperties: false,
    ...(note === '' ? {} : { description: note }),
  };
}

/** The type alone, where the schema is too large. */
function unread({ kinds }: Shape): JsonSchema {
  const [type] = kinds ?? [];
  const schema = type === undefined ? {} : type === 'array' ? { type, items: {} } : { type };
  return { ...schema, description: 'Too large to show here.' };
}

/** One shape for each of several types (`type: ['string', 'number']`). */
function byKind(shape: Shape): readonly Shape[] {
  return shape.kinds === null || shape.kinds.length < 2
    ? [shape]
    : shape.kinds.map((kind) => ({ ...shape, kinds: [kind] }));
}

/** Without a description that the list's own description contains already. */
function withoutRepeated(items: JsonSchema, said: string): JsonSchema {
  const { description, ...rest } = items;
  return typeof description === 'string' && said.toLowerCase().includes(description.toLowerCase()) ? rest : items;
}

/** Bounds and default of a number, unless the words say all of them: "1 to 100 (25)". */
function withoutSaid(schema: JsonSchema, words: string): JsonSchema {
  const { minimum, maximum, default: preset, ...rest } = schema;
  const numbers = [minimum, maximum, preset].filter((value) => value !== undefined);
  const said: readonly string[] = words.match(/-?\d+(?:\.\d+)?/g) ?? [];
  return numbers.length > 1 && numbers.every((value) => said.includes(String(value))) ? rest : schema;
}

function described(schema: JsonSchema, description: string): JsonSchema {
  return description === '' ? schema : { ...schema, description };
}

function otherKinds(kinds: ReadonlySet<Kind | 'any'>, shown: Kind): string {
  const others = [...kinds].filter((kind) => kind !== shown);
  return others.length === 0 ? '' : `or ${others.join(' or ')}`;
}

function alternativesInWords(shapes: readonly Shape[]): string {
  const each = shapes.map(({ kinds, values }) =>
    values === null ? (kinds?.[0] ?? 'any') : values.map(String).join(', '),
  );
  return trimText([...new Set(each)].join(' or '), 120);
}

function presetOf(shape: Shape, type: unknown): JsonSchema {
  const { preset } = shape;
  if (preset === undefined || isJsonObject(preset) || Array.isArray(preset)) return {};
  const fits = type === 'integer' || type === 'number' ? typeof preset === 'number' : typeof preset === type;
  return fits ? { default: preset } : {};
}
