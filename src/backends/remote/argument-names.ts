/**
 * Names of arguments that the APIs of models refuse (spaces, other scripts, more than 64 characters): one such name makes
 * some of them refuse the whole request. They are shown under a name that is accepted and sent under their own.
 */
import { argumentName } from '../../contract/naming.ts';
import type { JsonSchema } from '../../contract/schema-types.ts';
import type { JsonObject } from '../../json.ts';
import { isObject } from './reply.ts';

export interface ShownNames {
  readonly schema: JsonSchema;
  /** From a name that is shown to the endpoint's own, for those that differ. */
  readonly own: ReadonlyMap<string, string>;
}

/** @param schema a portable one, with the endpoint's own names */
export function shownNames(schema: JsonSchema): ShownNames {
  const properties = isObject(schema.properties) ? schema.properties : {};
  const names = Object.keys(properties);
  const taken = new Set(names.filter((name) => argumentName(name) === name));
  const shown = new Map(names.map((name) => [name, taken.has(name) ? name : free(argumentName(name), taken)]));
  const own = new Map([...shown].flatMap(([name, other]) => (name === other ? [] : [[other, name] as const])));
  if (own.size === 0) return { schema, own };
  const renamed = Object.entries(properties).map(([name, property]) => [shown.get(name), property]);
  const required = Array.isArray(schema.required) ? schema.required.map((name) => shown.get(String(name)) ?? name) : [];
  return {
    schema: { ...schema, properties: Object.fromEntries(renamed), ...(required.length > 0 && { required }) },
    own,
  };
}

/** What arguments under shown names are checked against: their values the endpoint itself checks. */
export function looseValidation({ schema }: ShownNames): JsonSchema {
  const names = Object.keys(isObject(schema.properties) ? schema.properties : {});
  return { ...schema, properties: Object.fromEntries(names.map((name) => [name, {}])) };
}

export function withOwnNames(args: JsonObject, { own }: ShownNames): JsonObject {
  return Object.fromEntries(Object.entries(args).map(([name, value]) => [own.get(name) ?? name, value]));
}

function free(name: string, taken: Set<string>): string {
  let found = name;
  for (let count = 2; taken.has(found); count += 1) found = `${name.slice(0, 60)}_${count}`;
  taken.add(found);
  return found;
}
