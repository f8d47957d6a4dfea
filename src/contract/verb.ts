import type { Tier } from '../core/tool.ts';
import { human, isPluralNoun, plural } from './naming.ts';
import type { HttpMethod } from './operation.ts';
import type { Collection, Place } from './place.ts';

/** What an operation is called, from its method and its place. */
export interface Verb {
  /** Words of the tool's name, without `lucanto_`. */
  readonly words: string;
  /** `list`, `get`, `create`, `update`, `delete`, or the action's own name. */
  readonly action: string;
  readonly kind: 'list' | 'get' | 'create' | 'update' | 'delete' | 'action';
  readonly title: string;
  readonly tier: Tier;
  /** The plural of the top collection. */
  readonly resource: string;
  /** The record's word, for wrapper keys and prefixes. */
  readonly singular: string;
}

export function verbOf(method: HttpMethod, place: Place): Verb {
  const last = place.chain.at(-1);
  const top = place.chain[0];
  const tail = place.tail;
  const named = { resource: top?.plural ?? plural(tail ?? 'service'), singular: last?.singular ?? tail ?? 'record' };
  if (last === undefined || tail !== null) return { ...tailVerb(method, place, last, tail ?? 'service'), ...named };
  const prefix = place.chain
    .slice(0, -1)
    .map((one) => `${one.singular}_`)
    .join('');
  const one = `${prefix}${last.singular}`;
  const many = `${prefix}${last.plural}`;
  return { ...collectionVerb(method, last, one, many), ...named };
}

function collectionVerb(
  method: HttpMethod,
  last: Collection,
  one: string,
  many: string,
): Omit<Verb, 'resource' | 'singular'> {
  const record = last.parameter !== null;
  const noun = record ? one : many;
  if (method === 'GET') return record ? plain('get', noun, 'read') : plain('list', noun, 'read');
  if (method === 'DELETE') return plain('delete', noun, 'manage');
  if (method === 'POST' && !record) return plain('create', one, 'write');
  return plain('update', noun, 'write');
}

function plain(kind: Exclude<Verb['kind'], 'action'>, noun: string, tier: Tier): Omit<Verb, 'resource' | 'singular'> {
  const words = `${kind}_${noun}`;
  return { words, action: kind, kind, tier, title: human(words) };
}

/** Questions that are asked with GET and say so themselves. */
const ASKING = /^(search|find|lookup|look_up|query|filter|export|download|validate|check|preview|suggest|count)(_|$)/;

function tailVerb(
  method: HttpMethod,
  place: Place,
  last: Collection | undefined,
  tail: string,
): Omit<Verb, 'resource' | 'singular'> {
  const prefix = place.chain
    .slice(0, -1)
    .map((one) => `${one.singular}_`)
    .join('');
  const record = last !== undefined && last.parameter !== null;
  const noun = last === undefined ? '' : `${prefix}${record ? last.singular : last.plural}`;
  const thing = noun === '' ? tail : `${noun}_${tail}`;
  if (method === 'GET') {
    if (!record && ASKING.test(tail) && noun !== '') return action(tail, `${tail}_${noun}`, 'read');
    return { ...plain('get', thing, 'read'), action: `get_${tail}`, kind: 'get' };
  }
  if (method === 'DELETE') return plain('delete', thing, 'manage');
  if (method !== 'POST' && (place.readable || isPluralNoun(tail))) return plain('update', thing, 'write');
  return actionVerb(tail, noun);
}

function actionVerb(tail: string, noun: string): Omit<Verb, 'resource' | 'singular'> {
  const mark = /^mark_(?:as_)?(\w+)$/.exec(tail)?.[1];
  if (mark !== undefined && noun !== '') {
    const title = human(`mark_${noun}_as_${mark}`);
    return { ...action(`mark_${mark}`, `mark_${noun}_${mark}`, 'manage'), title };
  }
  const name = RENAMED.get(tail) ?? tail;
  return action(name, noun === '' ? name : `${name}_${noun}`, 'manage');
}

const RENAMED: ReadonlyMap<string, string> = new Map([
  ['send_email', 'send'],
  ['send_by_email', 'send'],
  ['default', 'set_default'],
  ['make_default', 'set_default'],
]);

function action(name: string, words: string, tier: Tier): Omit<Verb, 'resource' | 'singular'> {
  return { words, action: name, kind: 'action', tier, title: human(words) };
}
