import { isJsonObject, type JsonObject, type JsonSchema } from '../../core/json.ts';
import type { ValuePath } from '../../core/schema-keywords.ts';
import { isClosed, itemSchemas, knownProperties, propertySchemas } from './schema-types.ts';

/** Arguments, at any depth, that no schema describes: the service would ignore them, or refuse the whole call. */

export interface UnknownArgument {
  readonly place: ValuePath;
  readonly name: string;
  /** What may stand in its place. */
  readonly known: readonly string[];
  /** The schema allows nothing else there; otherwise it only describes nothing else. */
  readonly isForbidden: boolean;
}

const MOST = 50;

export function unknownArguments(args: JsonObject, schema: JsonSchema): readonly UnknownArgument[] {
  const found: UnknownArgument[] = [];
  const visit = (value: unknown, schemas: readonly JsonSchema[], place: ValuePath): void => {
    if (schemas.length === 0 || found.length >= MOST) return;
    if (Array.isArray(value)) {
      for (const [index, item] of value.entries()) visit(item, itemSchemas(schemas, index, schema), [...place, index]);
      return;
    }
    if (!isJsonObject(value)) return;
    const known = knownProperties(schemas, schema);
    for (const [name, member] of Object.entries(value)) {
      if (known === null || known.includes(name)) {
        visit(member, propertySchemas(schemas, name, schema), [...place, name]);
      } else {
        found.push({ place, name, known, isForbidden: isClosed(schemas, schema) });
      }
    }
  };
  visit(args, [schema], []);
  return found.slice(0, MOST);
}

/** The same arguments without those. */
export function withoutArguments(args: JsonObject, unknown: readonly UnknownArgument[]): JsonObject {
  const gone = new Set(unknown.map(({ place, name }) => argumentPath(place, name)));
  const prune = (value: unknown, place: ValuePath): unknown => {
    if (Array.isArray(value)) return value.map((item, index) => prune(item, [...place, index]));
    return isJsonObject(value) ? members(value, place) : value;
  };
  const members = (value: JsonObject, place: ValuePath): JsonObject =>
    Object.fromEntries(
      Object.entries(value)
        .filter(([name]) => !gone.has(argumentPath(place, name)))
        .map(([name, member]) => [name, prune(member, [...place, name])]),
    );
  return gone.size === 0 ? args : members(args, []);
}

/** `items[0].name`. */
export function argumentPath(place: ValuePath, name?: string): string {
  return [...place, ...(name === undefined ? [] : [name])].reduce<string>((path, step) => {
    if (typeof step === 'number') return `${path}[${step}]`;
    return path === '' ? step : `${path}.${step}`;
  }, '');
}

/** In backquotes; a name of any length is cut. */
export function quotedPath(place: ValuePath, name = ''): string {
  return `\`${argumentPath(place, name.length <= 60 ? name : `${name.slice(0, 60)}…`)}\``;
}
