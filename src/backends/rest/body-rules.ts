import type { BodyBinding, BodyKind } from '../../contract/operation.ts';
import { ArgumentsError } from '../../core/errors.ts';
import type { JsonObject } from '../../core/json.ts';

/**
 * What holds between the fields of a body, checked before anything is sent: that it is one of its kinds, that a wrapper
 * which is given has what it needs, that there is something to send where something is wanted.
 * @throws ArgumentsError with the arguments that are missing or do not go together
 */
export function checkBody(tool: string, body: BodyBinding, args: JsonObject): void {
  const isGiven = (arg: string) => args[arg] !== undefined;
  const problem = kindProblem(body.kinds ?? [], args, isGiven) ?? wrapperProblem(body, isGiven);
  if (problem === null) return;
  throw new ArgumentsError(`The arguments do not fit ${tool}: ${problem}.`, {
    hint: `Nothing was sent. Fix this and try again.`,
  });
}

function wrapperProblem(
  { wrapper, wrapperNeeds = [], fields }: BodyBinding,
  isGiven: (arg: string) => boolean,
): string | null {
  const inside = fields.filter(({ place }) => place === 'wrapper');
  if (wrapper === null || !inside.some(({ arg }) => isGiven(arg))) return null;
  const missing = wrapperNeeds.filter((arg) => !isGiven(arg));
  return missing.length === 0 ? null : `${quoted(missing)} ${missing.length === 1 ? 'is' : 'are'} missing`;
}

function kindProblem(kinds: readonly BodyKind[], args: JsonObject, isGiven: (arg: string) => boolean): string | null {
  const [first] = kinds;
  if (first === undefined) return null;
  const given = new Set(kinds.flatMap(({ required, allowed }) => [...required, ...(allowed ?? [])]).filter(isGiven));
  const missing = ({ required }: BodyKind) => required.filter((arg) => !isGiven(arg));
  const foreign = ({ allowed }: BodyKind) =>
    allowed === null ? [] : [...given].filter((arg) => !allowed.includes(arg));
  const fits = (kind: BodyKind) => missing(kind).length === 0 && foreign(kind).length === 0;
  const value = first.tag === null ? undefined : args[first.tag.arg];
  const meant = value === undefined ? undefined : kinds.find(({ tag }) => tag?.values.includes(value) === true);
  if (meant !== undefined && first.tag !== null) {
    const tag = `\`${first.tag.arg}\` ${JSON.stringify(value)}`;
    if (missing(meant).length > 0) return `${tag} needs ${quoted(missing(meant))}`;
    return fits(meant) ? null : `${quoted(foreign(meant))} cannot be given with ${tag}`;
  }
  if (kinds.some(fits)) return null;
  const needs = kinds.map((kind) => quoted(kind.required)).filter((words) => words !== '');
  return `needs either ${needs.join(', or ')}, and nothing of another kind`;
}

function quoted(names: readonly string[]): string {
  const all = names.map((name) => `\`${name}\``);
  return all.length < 2 ? all.join('') : `${all.slice(0, -1).join(', ')} and ${all.at(-1)}`;
}
