import {
  hasMemberNamed,
  isDeeperThan,
  isJsonObject,
  type JsonObject,
  type JsonSchema,
  LosslessNumber,
  parseJson,
  tryParseJson,
} from '../../core/json.ts';
import type { ValuePath } from '../../core/schema-keywords.ts';
import { SchemaPlace, type Types } from './schema-place.ts';

/**
 * Models send arguments in the wrong JSON type: objects as strings, ids as strings, numbers for decimal strings, nulls
 * for options they do not use. A value is changed only where its own type does not fit and exactly one reading does. On
 * the way, what no schema describes is noted: the service would ignore it, or refuse the whole call.
 */

export interface UnknownArgument {
  readonly place: ValuePath;
  readonly name: string;
  /** What may stand in its place. */
  readonly known: readonly string[];
  /** The schema allows nothing else there; otherwise it only describes nothing else. */
  readonly isForbidden: boolean;
}

const INTEGER = /^-?(?:0|[1-9]\d*)$/;
const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

export function fittedArguments(args: JsonObject, schema: JsonSchema) {
  const reading = new Reading();
  return { args: reading.members(args, SchemaPlace.of(schema), []), unknown: reading.unknown };
}

export function fittedValue(value: unknown, schema: JsonSchema): unknown {
  return new Reading().value(value, SchemaPlace.of(schema), []);
}

class Reading {
  readonly unknown: UnknownArgument[] = [];

  value(given: unknown, at: SchemaPlace, place: ValuePath): unknown {
    if (!at.isDescribed) return given;
    const value = at.types === null || at.takes(given) ? given : converted(given, at.types);
    if (Array.isArray(value)) return value.map((item, index) => this.value(item, at.item(index), [...place, index]));
    return isJsonObject(value) ? this.members(value, at, place) : value;
  }

  members(value: JsonObject, at: SchemaPlace, place: ValuePath): JsonObject {
    const { known } = at;
    const read = Object.entries(value).flatMap(([name, member]): [string, unknown][] => {
      const below = at.member(name);
      if (member === undefined || (member === null && isUnusedOption(at, name, below))) return [];
      const isKnown = known === null || known.includes(name);
      if (isKnown) return [[name, this.value(member, below, [...place, name])]];
      this.unknown.push({ place, name, known, isForbidden: at.isClosed });
      return [[name, member]];
    });
    // fromEntries defines properties, so that `__proto__` cannot reach the prototype.
    return Object.fromEntries(read);
  }
}

/** An option that is null, and that cannot be. */
function isUnusedOption(at: SchemaPlace, name: string, below: SchemaPlace): boolean {
  return below.isDescribed && !at.requires(name) && !below.takes(null);
}

function converted(value: unknown, types: Types): unknown {
  if (typeof value === 'string') return fromString(value, types);
  const isNumeric = typeof value === 'number' || typeof value === 'bigint' || value instanceof LosslessNumber;
  const onlyString = types.has('string') && !types.has('integer') && !types.has('number');
  return isNumeric && onlyString ? String(value) : value;
}

function fromString(text: string, types: Types): unknown {
  if (types.has('number') ? NUMBER.test(text) : types.has('integer') && INTEGER.test(text)) return parseJson(text);
  if (types.has('boolean') && (text === 'true' || text === 'false')) return text === 'true';
  const parsed = parsedContainer(text);
  return types.has(Array.isArray(parsed) ? 'array' : 'object') ? parsed : text;
}

/** The object or array that a string holds; anything else as it is. */
export function parsedContainer(text: unknown): unknown {
  if (typeof text !== 'string' || !/^\s*[[{]/.test(text)) return text;
  const parsed = tryParseJson(text);
  return parsed === undefined || shapeProblem(parsed) !== null ? text : parsed;
}

/** Levels of nesting; Lucanto's own records need about five. */
const MAX_DEPTH = 64;

/** Why a value is refused unseen, or null: checked before anything recursive sees it. */
export function shapeProblem(value: unknown): string | null {
  if (isDeeperThan(value, MAX_DEPTH)) return `the arguments are nested deeper than ${MAX_DEPTH} levels`;
  return hasMemberNamed('__proto__', value) ? '`__proto__` is not a usable name' : null;
}

export function withoutArguments(args: JsonObject, unknown: readonly UnknownArgument[]): JsonObject {
  const gone = new Set(unknown.map(({ place, name }) => argumentPath([...place, name])));
  const prune = (value: unknown, place: ValuePath): unknown => {
    if (Array.isArray(value)) return value.map((item, index) => prune(item, [...place, index]));
    return isJsonObject(value) ? members(value, place) : value;
  };
  const members = (value: JsonObject, place: ValuePath): JsonObject =>
    Object.fromEntries(
      Object.entries(value)
        .filter(([name]) => !gone.has(argumentPath([...place, name])))
        .map(([name, member]) => [name, prune(member, [...place, name])]),
    );
  return gone.size === 0 ? args : members(args, []);
}

/** `items[0].name`. */
export function argumentPath(place: ValuePath): string {
  return place.reduce<string>((path, step) => {
    if (typeof step === 'number') return `${path}[${step}]`;
    return path === '' ? step : `${path}.${step}`;
  }, '');
}

/** In backquotes; a name of any length is cut. */
export function quotedPath(place: ValuePath, name: string): string {
  return `\`${argumentPath([...place, name.length <= 60 ? name : `${name.slice(0, 60)}…`])}\``;
}
