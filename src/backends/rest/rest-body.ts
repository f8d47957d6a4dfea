/** Arguments as text: in a body without files, which is JSON or a form, and by OpenAPI's styles in an address or a header. */
import type { BodyBinding, BodyKind, Operation, ParameterBinding } from '../../contract/operation.ts';
import { ArgumentsError, LocalError } from '../../core/errors.ts';
import { canonicalJson, isJsonObject, type JsonObject, stringifyJson } from '../../core/json.ts';

const JSON_TYPE = /^application\/([\w.+-]+\+)?json\b/i;
const FORM_TYPE = /^application\/x-www-form-urlencoded\b/i;

/** Why no call of an operation could be sent, one sentence; null where it can. */
export function whyUnsendable(operation: Pick<Operation, 'body' | 'sendsJson'>): string | null {
  if (operation.sendsJson === true) return null;
  const { body } = operation;
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

/** Arguments as text in an address or a header: OpenAPI's styles for paths, queries and headers. */

/** `name=value` pairs, encoded; none for null, which a query has no way to say. */
export function queryPairs(binding: ParameterBinding, value: unknown): string[] {
  if (value === null || value === undefined) return [];
  const name = encoded(binding.name, binding.arg);
  if (binding.json === true) return [`${name}=${encoded(canonicalJson(value), binding.arg)}`];
  if (Array.isArray(value)) {
    if (binding.style === 'deepObject' || value.some(isJsonObject)) return deepPairs(binding.name, value, binding.arg);
    const items = value.map((item) => encoded(plain(item), binding.arg));
    if (binding.style === 'form' && binding.explode) return items.map((item) => `${name}=${item}`);
    return items.length === 0 ? [] : [`${name}=${items.join(separator(binding))}`];
  }
  if (isJsonObject(value)) {
    if (binding.style === 'deepObject' || Object.values(value).some(isJsonObject))
      return deepPairs(binding.name, value, binding.arg);
    const entries = Object.entries(value).map(([key, of]) => [
      encoded(key, binding.arg),
      encoded(plain(of), binding.arg),
    ]);
    if (binding.explode) return entries.map(([key, of]) => `${key}=${of}`);
    return entries.length === 0 ? [] : [`${name}=${entries.flat().join(separator(binding))}`];
  }
  return [`${name}=${encoded(plain(value), binding.arg)}`];
}

/** One value for a header: style `simple`. */
export function simpleText(value: unknown, explode: boolean): string {
  if (Array.isArray(value)) return value.map(plain).join(',');
  if (!isJsonObject(value)) return plain(value);
  return Object.entries(value)
    .map(([key, of]) => `${key}${explode ? '=' : ','}${plain(of)}`)
    .join(',');
}

/** One value for a part of a path, in the style that the document gives it: `5`, `.5`, `;id=5`. */
export function pathValue({ name, arg, style, explode }: ParameterBinding, value: unknown): string {
  const text = (one: unknown) => encoded(plain(one), arg);
  const [start, between] = PATH_STYLES[style === 'label' || style === 'matrix' ? style : 'simple'];
  const prefix = style === 'matrix' ? `${encoded(name, arg)}=` : '';
  if (Array.isArray(value)) {
    const items = value.map(text);
    return explode ? start + items.map((item) => prefix + item).join(between) : start + prefix + items.join(',');
  }
  if (isJsonObject(value)) {
    const entries = Object.entries(value).map(([key, of]) => [encoded(key, arg), text(of)]);
    return explode
      ? start + entries.map((entry) => entry.join('=')).join(between)
      : start + prefix + entries.flat().join(',');
  }
  return start + prefix + text(value);
}

/** What a value begins with, and what stands between several. */
const PATH_STYLES = { simple: ['', ','], label: ['.', '.'], matrix: [';', ';'] } as const;

function encoded(text: string, arg: string): string {
  try {
    return encodeURIComponent(text);
  } catch {
    throw new ArgumentsError(`${arg} holds a character that cannot be sent.`, {
      hint: `Write ${arg} again, without it.`,
    });
  }
}

/** `filter[status]=paid`, `filter[period][from]=…`, `filter[ids][]=…`, `items[0][name]=…`, since OpenAPI leaves lists open. */
function deepPairs(name: string, value: unknown, arg: string): string[] {
  if (value === null || value === undefined) return [];
  if (Array.isArray(value)) {
    // Members of one object stay together only under a number.
    return value.flatMap((item, at) =>
      deepPairs(`${name}[${isJsonObject(item) || Array.isArray(item) ? at : ''}]`, item, arg),
    );
  }
  if (isJsonObject(value)) return Object.entries(value).flatMap(([key, of]) => deepPairs(`${name}[${key}]`, of, arg));
  return [`${encoded(name, arg)}=${encoded(plain(value), arg)}`];
}

function separator(binding: ParameterBinding): string {
  if (binding.style === 'spaceDelimited') return '%20';
  return binding.style === 'pipeDelimited' ? '%7C' : ',';
}

function plain(value: unknown): string {
  return typeof value === 'string' ? value : stringifyJson(value ?? null);
}
