/** A body that is no file as the bytes of its media type: JSON, or a form. */
import type { JsonObject } from '../../catalog/tool.ts';
import type { BodyBinding, Operation } from '../../contract/operation.ts';
import { LocalError } from '../../errors.ts';
import { canonicalJson, isJsonObject } from '../../json.ts';
import { queryPairs } from './query.ts';
import { carriesFiles } from './upload.ts';

const JSON_TYPE = /^application\/([\w.+-]+\+)?json\b/i;
const FORM_TYPE = /^application\/x-www-form-urlencoded\b/i;

/** Why no call of an operation could be sent, one sentence; null where it can. */
export function whyUnsendable({ body }: Pick<Operation, 'body'>): string | null {
  const contentType = body?.contentType ?? 'application/json';
  if (carriesFiles(body) || JSON_TYPE.test(contentType) || FORM_TYPE.test(contentType)) return null;
  return `the bridge cannot send ${contentType}, which is all that the service takes there`;
}

export interface EncodedBody {
  readonly text: string;
  readonly contentType: string;
}

/** The same arguments give the same bytes, in whatever order they came: the service compares them. @throws LucantoError */
export function encodedBody(operation: Operation, body: BodyBinding, args: JsonObject): EncodedBody | null {
  const value = bodyValue(body, args);
  if (value === undefined) return null;
  const { contentType } = body;
  if (JSON_TYPE.test(contentType)) return { text: canonicalJson(value), contentType };
  if (FORM_TYPE.test(contentType) && isJsonObject(value)) return { text: formText(value), contentType };
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
  const root = fields('root');
  const wrapped = fields('wrapper');
  if (!body.required && root.length === 0 && wrapped.length === 0) return undefined;
  if (body.wrapper === null) return Object.fromEntries([...root, ...wrapped]);
  return Object.fromEntries([...root, [body.wrapper, Object.fromEntries(wrapped)]]);
}

/** `name=A&tags=x&tags=y&address[city]=B`; an empty value takes one away. */
function formText(value: JsonObject): string {
  return Object.keys(value)
    .sort()
    .flatMap((name) => {
      const given = value[name];
      const style = isJsonObject(given) ? 'deepObject' : 'form';
      const binding = { arg: name, name, in: 'query', required: false, style, explode: true } as const;
      return queryPairs(binding, given === null ? '' : given);
    })
    .join('&');
}
