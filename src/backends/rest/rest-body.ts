/** A body without files as the bytes of its media type: JSON, or a form. */
import type { BodyBinding, BodyKind, Operation } from '../../contract/operation.ts';
import { ArgumentsError, LocalError } from '../../core/errors.ts';
import { canonicalJson, isJsonObject, type JsonObject } from '../../core/json.ts';
import { queryPairs } from './parameter-text.ts';

const JSON_TYPE = /^application\/([\w.+-]+\+)?json\b/i;
const FORM_TYPE = /^application\/x-www-form-urlencoded\b/i;

/** Why no call of an operation could be sent, one sentence; null where it can. */
export function whyUnsendable({ body }: Pick<Operation, 'body'>): string | null {
  const contentType = body?.contentType ?? 'application/json';
  if (!/^[\x20-\x7e]+$/.test(contentType)) return 'it needs a media type that no request can have';
  if (carriesFiles(body) || JSON_TYPE.test(contentType) || FORM_TYPE.test(contentType)) return null;
  return `the bridge cannot send ${contentType}, which is all that the service takes there`;
}

/** The same arguments give the same bytes, in whatever order they came: the service compares them. @throws LucantoError */
export function encodedBody(
  operation: Operation,
  body: BodyBinding,
  args: JsonObject,
): { readonly text: string; readonly contentType: string } | null {
  checkBody(operation.tool, body, args);
  const value = bodyValue(body, args);
  if (value === undefined) return null;
  const { contentType } = body;
  if (JSON_TYPE.test(contentType)) return { text: canonicalJson(value), contentType };
  if (FORM_TYPE.test(contentType) && isJsonObject(value)) {
    const text = formText(value, body);
    if (text !== '' || !body.required) return text === '' ? null : { text, contentType };
    throw new ArgumentsError(`${operation.tool} needs at least one of its fields; nothing was sent.`, {
      hint: `Try again with what is to be sent.`,
    });
  }
  throw new LocalError('unsupported_body', `${operation.tool} sends ${contentType}, which the bridge cannot do yet.`, {
    hint: 'Do this in the Lucanto app.',
  });
}

/** @returns undefined where nothing is to be sent. */
function bodyValue(body: BodyBinding, args: JsonObject): unknown {
  if (body.whole !== null) return args[body.whole];
  const fields = (place: 'wrapper' | 'root') =>
    body.fields
      .filter((field) => field.place === place && args[field.arg] !== undefined)
      .map((field): [string, unknown] => [field.property, args[field.arg]]);
  const more = body.rest === undefined ? undefined : args[body.rest];
  const further = isJsonObject(more) ? Object.entries(more) : [];
  const root = [...(body.wrapper === null ? further : []), ...fields('root')];
  const wrapped = [...(body.wrapper === null ? [] : further), ...fields('wrapper')];
  if (!body.required && root.length === 0 && wrapped.length === 0) return undefined;
  if (body.wrapper === null) return Object.fromEntries([...root, ...wrapped]);
  const isLeftOut = body.wrapperNeeds !== undefined && wrapped.length === 0;
  return Object.fromEntries([...root, ...(isLeftOut ? [] : [[body.wrapper, Object.fromEntries(wrapped)] as const])]);
}

/** `name=A&tags=x&tags=y&address[city]=B`; an empty value takes one away. */
function formText(value: JsonObject, { fields }: BodyBinding): string {
  return Object.keys(value)
    .sort()
    .flatMap((name) => {
      const given = value[name];
      const style = isJsonObject(given) ? 'deepObject' : 'form';
      const said = fields.find(({ property }) => property === name)?.encoding;
      const binding = { arg: name, name, in: 'query', required: false, style, explode: true, ...said } as const;
      return queryPairs(binding, given === null ? '' : given);
    })
    .join('&');
}

export function carriesFiles(body: BodyBinding | null): body is BodyBinding {
  return body !== null && (body.wholeFile !== undefined || /^multipart\/form-data$/i.test(body.contentType));
}

/**
 * What holds between the fields of a body, checked before anything is sent: that it is one of its kinds, that a wrapper
 * which is given has what it needs, that there is something to send where something is wanted.
 * @throws ArgumentsError with the arguments that are missing or do not go together
 */
function checkBody(tool: string, body: BodyBinding, args: JsonObject): void {
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
