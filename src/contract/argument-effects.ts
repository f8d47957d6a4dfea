/**
 * What a call does because of an argument, whatever its tool does by itself: `send: true`, `deliver_by: "email"`,
 * `status: "issued"`. The words of its name, of its value and of the document's description decide.
 */
import { isJsonObject, type JsonObject, type JsonSchema, objectIn } from '../core/json.ts';
import type { Irreversible, Tool } from '../core/tool.ts';
import { type Act, actsInName, foreignAct } from './acts.ts';
import {
  ADDRESSED,
  AFTER_DRAFT,
  ATTRIBUTES,
  BEFORE_ORDER,
  CHANNELS,
  EFFECT_ORDERS,
  EFFECT_STATES,
  MEASURES,
  MESSAGE_PART,
  NEGATIONS,
  NETWORKS,
  NOT_SENT,
  SENDING,
  SWITCHED,
  THINGS,
  UNDONE,
  WAYS,
} from './effect-words.ts';
import { plainName } from './field-names.ts';

export interface ArgumentEffect {
  readonly effect: Exclude<Irreversible, 'unknown'>;
  /** `documents[0].options.send`. */
  readonly path: string;
  /** It names a state: where the record has it already, nothing is done. */
  readonly isState: boolean;
  /** The service does it only if it takes the defaults of an object that the call leaves out. */
  readonly isAbsent?: boolean;
}

const EFFECTS = ['sends', 'issues', 'deletes'] as const;
type Effect = ArgumentEffect['effect'];

const DEPTH = 5;
const STATE_NAME =
  /(^|_)(status|state|stage|phase|lifecycle|action|actions|event|transition|operation|command|workflow|step|intent|target|mode|then|next|options?|flags?|(after|on)_(create|save|update))$/;
const KIND = /^(type|name|kind|do|op)$/;
const MESSAGE_NAME =
  /(^|_)(e_?mails?|mails?|messages?|notifications?|reminders?|sms|letters?|delivery|dispatch|sending|send|invitations?|transmission|mailing|deliver|notify|submission|publish)$/;
/** What the service keeps for the user and does not look into. */
const FREE_FORM = /(^|_)(metadata|meta|custom_fields|custom_attributes|properties|tags|labels)$/;
const SAYS_SEND =
  /\b(sends?|sending|sent|e-?mailed|e-?mails? (it|them|the|this|a|an|to)|mailed|notif(y|ies|ied)|deliver(s|ed)?|dispatch(es|ed)?|transmit(s|ted)?|submit(s|ted)?)\b/i;
const SAYS_ISSUE = /\b(issues? (it|the|this)|(is|be|gets?) issued|finali[sz]e[sd]?)\b/i;
const SAYS_NOT = /\b(not|never|without|skips?|suppress(es)?|instead of|prevents?|no longer)\b/i;
function wordsIn(text: string): readonly string[] {
  return wordsOf(plainName(text));
}

/** `e-mail` is one word, and what goes live is released. */
function wordsOf(plain: string): readonly string[] {
  return plain
    .replace(/(?<![a-z])e_(?=mail|invoice)/g, 'e')
    .replace('go_live', 'release')
    .split('_');
}

const DATE = /^\d{4}-\d\d-\d\d|^\d{1,2}[./]\s?\d{1,2}[./]\s?\d{4}$/;

/** What the arguments of a call ask for besides what its tool does. */
export function effectsAskedFor(tool: Tool, args: JsonObject): readonly ArgumentEffect[] {
  const isRead = tool.tier === 'read' && tool.descriptor.annotations.readOnlyHint;
  // What is checked against names no default.
  return isRead || tool.route === 'local' ? [] : argumentEffects(args, [tool.validation, tool.descriptor.inputSchema]);
}

/** @param schemas that describe the arguments; a default counts where a call does not say otherwise */
export function argumentEffects(args: JsonObject, schemas: readonly JsonSchema[]): readonly ArgumentEffect[] {
  const all = membersOf(args, schemas, '', 0);
  return [...new Map(all.map((one) => [`${one.path} ${one.effect}`, one])).values()];
}

/** Of what is kept there, who did it, to whom it went and how are what lists are filtered by. */
const KEPT =
  /(^|_)(logs?|events?|audits?|activit(y|ies)|histor(y|ies)|changes?|webhooks?|messages?|e?mails?|notifications?)(_|$)/;
const DOES = /(^|_)(action|op|operation|command|cmd|mode|verb|task)$/;
const METHOD = /(^|_)(http_)?method(_override)?$/;
const WRITES: ReadonlySet<Act> = new Set(['deletes', 'sends', 'issues', 'makes', 'changes']);

/**
 * The argument by which a tool that should only read is told to do more: `send_email: true`, `_method: "DELETE"`, at any
 * depth. A filter by a state (`sent`) does not. @param tool its name
 */
export function orderIn(args: JsonObject, tool: string): string | undefined {
  const isKept = KEPT.test(tool);
  const within = (value: unknown, path: string, name: string): string | undefined => {
    if (Array.isArray(value)) return value.map((one) => within(one, path, name)).find((one) => one !== undefined);
    if (!isJsonObject(value)) return isOrder(plainName(name), value, isKept) ? path : undefined;
    const inside = Object.entries(value).map(([key, one]) => within(one, path === '' ? key : `${path}.${key}`, key));
    return inside.find((one) => one !== undefined);
  };
  return within(args, '', '');
}

function isOrder(plain: string, value: unknown, isKept: boolean): boolean {
  const words = wordsIn(plain);
  const [first = '', last = ''] = [words.find((word) => !BEFORE_ORDER.has(word)), words.at(-1)];
  if (words.some((word) => NEGATIONS.has(word))) return false;
  const isOn = SWITCHES.get(String(value).trim().toLowerCase()) === true;
  if (isOn) {
    const isOrdered = EFFECTS.some(
      (effect) => EFFECT_ORDERS[effect].has(words[0] ?? '') && !EFFECT_STATES[effect].has(last),
    );
    const isForeign = INFINITIVE.test(first) && foreignAct(first) !== undefined;
    return (
      (isOrdered && namedEffect(words) !== undefined) || isForeign || /^mark_as_/.test(plain) || SWITCHED.has(first)
    );
  }
  if (typeof value !== 'string' || isKept) return false;
  if (METHOD.test(plain)) return /^(delete|put|patch)$/i.test(value) || (plain !== 'method' && /^post$/i.test(value));
  if (DOES.test(plain)) return actsInName(plainName(value)).some(({ act }) => WRITES.has(act));
  return /(^|_)(to|cc|bcc)$/.test(plain) && hasAddress(value);
}

/** `versenden`, `odoslat`, `envoyer`; not `versendet`, by which lists are filtered. */
const INFINITIVE = /(en|er|re|[ai]t|ac|ar|ir)$/;

/** Whether a call could do so, as the document itself says: not where only a free text could. */
export function mayAct(schema: JsonSchema, depth = 0): boolean {
  const properties = objectIn(schema.properties);
  return Object.entries(properties).some(([name, described]) => {
    if (!isJsonObject(described) || depth > DEPTH || FREE_FORM.test(plainName(name))) return false;
    const values: unknown[] = Array.isArray(described.enum) ? described.enum : [];
    const types = typesOf(described);
    const switches = [
      ...(types.includes('boolean') ? [true, false] : []),
      ...(types.includes('integer') ? [1, 0] : []),
    ];
    const tried = [...values, ...(values.length > 0 ? [] : switches)];
    if (tried.some((value) => valueEffects(name, value, [described], name, depth).length > 0)) return true;
    if (typesOf(described).includes('object') && isMessage(plainName(name), {}, described)) return true;
    return mayAct(isJsonObject(described.items) ? described.items : described, depth + 1);
  });
}

function typesOf({ type }: JsonSchema): readonly unknown[] {
  return [type].flat();
}

function membersOf(
  args: JsonObject,
  schemas: readonly JsonSchema[],
  path: string,
  depth: number,
): readonly ArgumentEffect[] {
  const described = schemas.map(({ properties }) => properties).map(objectIn);
  const below = (name: string) => (path === '' ? name : `${path}.${name}`);
  const found = Object.entries(args).flatMap(([name, value]) => {
    const own = described.map((properties) => properties[name]).map(objectIn);
    return valueEffects(name, value, own, below(name), depth);
  });
  for (const properties of described) {
    for (const [name, own] of Object.entries(properties)) {
      if (Object.hasOwn(args, name) || !isJsonObject(own)) continue;
      if (own.default !== undefined) found.push(...valueEffects(name, own.default, [own], below(name), depth));
      // Of an object that is left out, the service may take the defaults inside it.
      else if (own.properties !== undefined && depth < DEPTH && !FREE_FORM.test(plainName(name)))
        found.push(...membersOf({}, [own], below(name), depth + 1).map((one) => ({ ...one, isAbsent: true })));
    }
  }
  return found;
}

function valueEffects(
  name: string,
  value: unknown,
  schemas: readonly JsonSchema[],
  path: string,
  depth: number,
): readonly ArgumentEffect[] {
  const plain = plainName(name);
  if (depth > DEPTH || value === null || value === undefined || FREE_FORM.test(plain)) return [];
  const one = (effect: Effect | undefined, isState = false): readonly ArgumentEffect[] =>
    effect === undefined ? [] : [{ effect, path, isState }];
  if (ADDRESSED.test(plain) && !/(^|_)reply_to/.test(plain) && hasAddress(value)) return one('sends');
  if (Array.isArray(value)) {
    const items = schemas.map(({ items: below }) => below).map(objectIn);
    return value.flatMap((item, at) =>
      valueEffects(name, item, items, isJsonObject(item) ? `${path}[${at}]` : path, depth + 1),
    );
  }
  if (isJsonObject(value)) {
    const others = schemas.filter((schema) => !isMessage(plain, value, schema));
    // `actions: [{ type: "send" }]`
    const acts = Object.entries(value).filter(([key, act]) => KIND.test(key) && typeof act === 'string');
    return [
      ...acts.flatMap(([, act]) => one(stateIn(plain, String(act).toLowerCase()), true)),
      ...(others.length < schemas.length ? one('sends') : []),
      ...(others.length > 0 ? membersOf(value, others, path, depth + 1) : []),
    ];
  }
  const text = String(value).trim().toLowerCase();
  return schemas.flatMap((schema) => {
    const isOn = switchedOn(plain, text, schema);
    if (isOn !== undefined) return one(bySwitch(plain, isOn, textOf(schema)), plain.endsWith('draft'));
    if (typeof value !== 'string') return [];
    const stated = stateIn(plain, text, schema);
    return stated === undefined ? one(byText(plain, text, textOf(schema))) : one(stated, true);
  });
}

function textOf({ description, title }: JsonSchema): string {
  return [title, description]
    .filter((text) => typeof text === 'string')
    .join('. ')
    .slice(0, 500);
}

const SWITCHES: ReadonlyMap<string, boolean> = new Map(
  Object.entries({ true: true, yes: true, on: true, 1: true, false: false, no: false, off: false, 0: false }),
);

/** Undefined for what is no switch. Digits are one where the document allows no others, or by the name of what is sent. */
function switchedOn(plain: string, text: string, schema: JsonSchema): boolean | undefined {
  const isOn = SWITCHES.get(text);
  if (isOn === undefined || !/^\d$/.test(text)) return isOn;
  const values: unknown[] = Array.isArray(schema.enum) ? schema.enum : [];
  const isBounded =
    String(schema.maximum) === '1' || (values.length > 0 && values.every((one) => /^[01]$/.test(String(one))));
  const words = wordsOf(plain).filter((word) => !NEGATIONS.has(word));
  const ordered = words.some((word) => word === 'draft' || EFFECTS.some((effect) => EFFECT_ORDERS[effect].has(word)));
  const isNamed = ordered && !words.some((word) => MEASURES.has(word));
  return isBounded || (isNamed && values.length === 0) ? isOn : undefined;
}

function bySwitch(plain: string, isOn: boolean, description: string): Effect | undefined {
  const words = wordsOf(plain);
  const isNegated = words.some((word) => NEGATIONS.has(word));
  // What is no draft is final.
  if (/^(as_)?draft$/.test(words.filter((word) => !NEGATIONS.has(word) && !BEFORE_ORDER.has(word)).join('_')))
    return isNegated === isOn ? 'issues' : undefined;
  const named = namedEffect(words.filter((word) => !NEGATIONS.has(word)));
  if (named !== undefined) return isNegated !== isOn ? named : undefined;
  if (!isOn || isNegated || SAYS_NOT.test(description) || words.some((word) => ATTRIBUTES.has(word))) return undefined;
  if (SAYS_SEND.test(description)) return 'sends';
  return SAYS_ISSUE.test(description) ? 'issues' : undefined;
}

/** What the name of a switch orders. */
function namedEffect(words: readonly string[]): Effect | undefined {
  const start = words.findIndex((word) => !BEFORE_ORDER.has(word));
  const [first = '', ...rest] = words.slice(Math.max(0, start));
  const last = words.at(-1) ?? '';
  const isAttribute = words.some((word) => ATTRIBUTES.has(word)) && !EFFECT_ORDERS.sends.has(first);
  const isThing = THINGS.has(first) && rest.some((word) => ATTRIBUTES.has(word) || /(ed|able)$/.test(word));
  if (isAttribute || isThing) return undefined;
  if (words.length === 1 && NETWORKS.has(first)) return 'sends';
  const found = EFFECTS.find((effect) => EFFECT_ORDERS[effect].has(first) || EFFECT_STATES[effect].has(last));
  if (found !== undefined) return found;
  if (words.some((word) => SENDING.has(word) || EFFECT_ORDERS.sends.has(word))) return 'sends';
  return EFFECTS.find((effect) => words.some((word) => foreignAct(word) === effect));
}

function stateIn(plain: string, text: string, schema: JsonSchema = {}): Effect | undefined {
  if (!STATE_NAME.test(plain) || UNDONE.test(plainName(text))) return undefined;
  const found = EFFECTS.find((effect) =>
    wordsIn(text).some(
      (word) => EFFECT_ORDERS[effect].has(word) || EFFECT_STATES[effect].has(word) || foreignAct(word) === effect,
    ),
  );
  const states = [schema.enum, schema.default, textOf(schema)].flat().join(' ');
  return found ?? (AFTER_DRAFT.test(plainName(text)) && /\bdraft/i.test(states) ? 'issues' : undefined);
}

/** `deliver_by: "email"`, `send_at: "2026-12-01"`; not `delivery_date`, nor the address that a record keeps. */
function byText(plain: string, text: string, description: string): Effect | undefined {
  const words = wordsOf(plain);
  if (NOT_SENT.has(text)) return undefined;
  if (words.some((word) => NEGATIONS.has(word) || (ATTRIBUTES.has(word) && word !== 'default'))) return undefined;
  const [first = ''] = words.filter((word) => !BEFORE_ORDER.has(word));
  const isOrder = EFFECT_ORDERS.sends.has(first) && !THINGS.has(first);
  if (isOrder && !(first === 'deliver' && DATE.test(text))) return 'sends';
  const isSaid = SAYS_SEND.test(description) && !SAYS_NOT.test(description);
  const namesWay = words.some((word) => WAYS.has(word)) || isSaid;
  if (namesWay && wordsIn(text).some((word) => CHANNELS.has(word))) return 'sends';
  return isSaid && hasAddress(text) ? 'sends' : undefined;
}

/** A message that is to be sent, not an address with what it is for. */
function isMessage(plain: string, value: JsonObject, schema: JsonSchema): boolean {
  if (!MESSAGE_NAME.test(plain)) return false;
  const isOrder = EFFECT_ORDERS.sends.has(plain) && !THINGS.has(plain);
  if (isOrder && Object.values(value).some((one) => SWITCHES.get(String(one).toLowerCase()) === true)) return true;
  const switches = Object.entries(value).filter(([, member]) => member === false || member === 'none');
  if (switches.some(([name]) => /^(enabled|send|active|method|channel|auto_send)$/.test(plainName(name)))) return false;
  const ways = Object.entries(value).filter(([name]) =>
    /^(method|channel|type|mode|via|by|how)$/.test(plainName(name)),
  );
  if (ways.some(([, way]) => typeof way === 'string' && wordsIn(way.toLowerCase()).some((word) => CHANNELS.has(word))))
    return true;
  const names = Object.keys(value);
  const described = Object.keys(objectIn(schema.properties));
  if (names.length === 0 && described.length === 0) return !/delivery$/.test(plain);
  return [...names, ...described].some((name) => MESSAGE_PART.test(plainName(name)));
}

function hasAddress(value: unknown): boolean {
  if (typeof value === 'string') return /[@＠]|^\+\d[\d ()./-]{6,18}$/.test(value);
  if (Array.isArray(value)) return value.some(hasAddress);
  return isJsonObject(value) && Object.entries(value).some(([key, member]) => hasAddress(key) || hasAddress(member));
}
