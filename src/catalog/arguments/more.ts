/** The argument that stands for many (listing/details.ts): what it holds is what a call could have given side by side. */
import { ArgumentsError } from '../../errors.ts';
import { canonicalJson, isJsonObject } from '../../json.ts';
import type { JsonObject, Tool } from '../tool.ts';
import { parsedContainer } from './coerce.ts';

/** Its names; the second where a tool has an argument of the first. */
export const MORE = ['more', 'more_fields'] as const;

/**
 * The arguments with the members of `more` beside the others.
 * @throws ArgumentsError where one is given in both with different values: which was meant cannot be known
 */
export function withMore(args: JsonObject, tool: Pick<Tool, 'validation'>): JsonObject {
  const known = isJsonObject(tool.validation.properties) ? tool.validation.properties : {};
  const name = MORE.find((one) => !Object.hasOwn(known, one));
  if (name === undefined || !Object.hasOwn(args, name)) return args;
  const { [name]: given, ...beside } = args;
  const members = typeof given === 'string' ? parsedContainer(given) : given;
  if (members === null || members === undefined) return beside;
  if (!isJsonObject(members)) return args;
  const twice = Object.keys(members).filter(
    (one) => Object.hasOwn(beside, one) && canonicalJson(beside[one]) !== canonicalJson(members[one]),
  );
  if (twice.length === 0) return { ...members, ...beside };
  throw new ArgumentsError(
    `${twice.join(' and ')} ${twice.length === 1 ? 'is' : 'are'} given in \`${name}\` and beside it with different values; nothing was sent.`,
    {
      hint: `Give each argument once, in \`${name}\` or beside it.`,
    },
  );
}
