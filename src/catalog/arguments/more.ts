/** The argument that stands for many (listing/details.ts): what it holds is what a call could have given side by side. */
import { isJsonObject } from '../../json.ts';
import type { JsonObject, Tool } from '../tool.ts';
import { parsedContainer } from './coerce.ts';

/** Its names; the second where a tool has an argument of the first. */
export const MORE = ['more', 'more_fields'] as const;

/** The arguments with the members of `more` beside the others; one that is given twice counts as it stands beside. */
export function withMore(args: JsonObject, tool: Pick<Tool, 'validation'>): JsonObject {
  const known = isJsonObject(tool.validation.properties) ? tool.validation.properties : {};
  const name = MORE.find((one) => !Object.hasOwn(known, one));
  if (name === undefined || !Object.hasOwn(args, name)) return args;
  const { [name]: given, ...beside } = args;
  const members = typeof given === 'string' ? parsedContainer(given) : given;
  if (members === null || members === undefined) return beside;
  return isJsonObject(members) ? { ...members, ...beside } : args;
}
