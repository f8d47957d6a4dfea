import type { Irreversible, ToolDescriptor } from '../core/tool.ts';
import { type Act, actsInName, actsInSegment, actsInSentence, actsInText, isNounOfAct, type Saying } from './acts.ts';
import { human, plural, singular, snake } from './naming.ts';
import type { HttpMethod, Operation } from './operation.ts';
import type { Route } from './route.ts';
import type { Verb } from './tool-names.ts';

/**
 * What operations and remote tools do to the world, and which of them a person must agree to first. There are two pieces
 * of evidence, the method (or the hint) and the words of the document: where they differ, the more cautious one counts.
 */

const FINAL: ReadonlySet<Act> = new Set(['issues', 'sends', 'deletes']);

/** What the document says that an operation does: by its path, its operationId and its summary. */
export function sayingsOf({ segments, operation, method }: Route): readonly Saying[] {
  const { operationId, summary, description } = operation;
  // Deletions can be read like other records.
  const path = segments.flatMap(({ word }) => {
    const isThing = method === 'GET' && isNounOfAct(singular(word)) && onlyReads(actsInName(word));
    return isThing ? [] : actsInSegment(word);
  });
  // Generated ids begin with the method: `postInvoices`, `patch_invoice`.
  const id = typeof operationId === 'string' ? snake(operationId.slice(0, 300)) : '';
  const name = method === 'GET' || method === 'DELETE' ? id : id.replace(/^(post|put|patch)_/, '');
  const text = [summary, description].find((one) => typeof one === 'string' && one.trim() !== '');
  const actsIn = method === 'GET' ? actsInText : actsInSentence;
  const said = typeof text === 'string' ? actsIn(text.slice(0, 500)) : [];
  // Behind a harmless summary: what the description says for certain, and does not only say of how the answer is made.
  const isBehind = method === 'GET' && text === summary && typeof description === 'string';
  const further = isBehind ? actsInText(`. ${description.slice(0, 500)}`, true) : [];
  return [...path, ...actsInName(name), ...said, ...further.filter(({ act }) => FINAL.has(act))];
}

/** Whether words contain no verb that acts: whatever claims to read must pass this, too. */
export function onlyReads(sayings: readonly Saying[]): boolean {
  return sayings.every(({ act }) => act === 'reads');
}

/** @param name in snake_case @param texts title and description */
function sayingsOfTool(name: string, texts: readonly string[]): readonly Saying[] {
  return [...actsInName(name), ...texts.flatMap((text) => actsInText(text.slice(0, 500), true))];
}

/** Whether the words of a remote tool agree with its hint that it only reads. */
export function saysOnlyReads(name: string, texts: readonly string[]): boolean {
  return onlyReads([...actsInName(name), ...texts.flatMap((text) => actsInText(text.slice(0, 500)))]);
}

/** What is read, as the last word of a name, and verbs of reading that in a name or sentence may mean to hand on. */
const READ =
  /(^|_)(status|state|history|log|overview|info|details?|counts?|summary|statistics|stats|lookup|search|preview)$/;
const HANDS_ON = /^(give|report|load|generate)$/;

/** Whether a remote tool's words say that something is read: those that say nothing (`accounts_all`) are no evidence. */
export function saysThatItReads({ name, description }: Pick<ToolDescriptor, 'name' | 'description'>): boolean {
  const words = snake(name.replace(/^lucanto[_-]/, ''));
  const said = [...actsInName(words), ...actsInSentence(description.slice(0, 500))];
  return READ.test(words) || said.some(({ act, verb }) => act === 'reads' && !HANDS_ON.test(verb));
}

export function saysItDeletes(name: string, texts: readonly string[]): boolean {
  return sayingsOfTool(name, texts).some(({ act }) => act === 'deletes');
}

/** Whether a remote tool says that it deletes, sends or issues something. */
export function isFinal(name: string, texts: readonly string[]): boolean {
  return sayingsOfTool(name, texts).some(({ act }) => FINAL.has(act));
}

/**
 * The verb by path and method, or that of the words where they say that more is done than the method does.
 * @param asPost what the same path is called for a POST: `void_invoice` of `GET /invoices/{id}/void`
 */
export function verbInWords(method: HttpMethod, verb: Verb, asPost: () => Verb, sayings: readonly Saying[]): Verb {
  if (verb.kind === 'delete' || (verb.kind === 'action' && method !== 'GET')) return verb;
  const strongest = sayings.find(({ act }) => FINAL.has(act)) ?? sayings.find(({ act }) => act !== 'reads');
  if (strongest === undefined) return verb;
  const { act } = strongest;
  const post = method === 'GET' ? asPost() : undefined;
  if (post?.kind === 'action') {
    if (!onlyReads(actsInName(post.action))) return post;
    // `GET /parcels/{id}/label` that "sends the parcel" is `send_parcel`, whatever its path ends in.
    return { ...renamed(verb, strongest.verb, 'action'), ...actionWords(strongest.verb, post) };
  }
  if (FINAL.has(act)) return renamed(verb, strongest.verb, 'action');
  if (method === 'GET') {
    if (act === 'makes') return renamed(verb, 'create', 'create');
    return act === 'changes' ? renamed(verb, 'update', 'update') : renamed(verb, strongest.verb, 'action');
  }
  const isUpdate = verb.kind === 'create' && act === 'changes' && !sayings.some((one) => one.act === 'makes');
  return isUpdate ? renamed(verb, 'update', 'update') : verb;
}

function actionWords(action: string, { words, action: tail }: Verb): Pick<Verb, 'words' | 'title'> {
  const named = words.startsWith(`${tail}_`) ? `${action}_${words.slice(tail.length + 1)}` : action;
  return { words: named, title: human(named) };
}

function renamed(verb: Verb, action: string, kind: Verb['kind']): Verb {
  const noun = verb.words.replace(/^(get|list|create|update)_/, '');
  const many = verb.kind === 'create' && action !== 'create' && !/^(send|issue)/.test(action) ? plural(noun) : noun;
  // `create_invoice_deletion` says what it is.
  const words = noun.split('_').some(isNounOfAct) ? verb.words : `${action}_${many}`;
  return { ...verb, words, action, kind, title: human(words), tier: kind === 'action' ? 'manage' : 'write' };
}

/** Whether the document's words describe what a tool of that name does, so that curated words do as well. */
export function isAsNamed({ kind, action }: Verb, sayings: readonly Saying[]): boolean {
  const said = (act: Act) => sayings.some((one) => one.act === act);
  if (kind === 'create') return said('makes') || !said('changes');
  if (kind === 'update') return !said('makes');
  if (kind === 'delete') return said('deletes') || onlyReads(sayings);
  const own = actsInName(action).map(({ act }) => act);
  return sayings.every(({ act }) => !FINAL.has(act) || own.includes(act));
}

/** Actions that destroy nothing and reach nobody outside. */
const HARMLESS =
  /^(set_default|duplicate|copy|clone|preview|validate|check|search|find|lookup|query|filter|export|calculate|count|restore|unarchive|star|unstar|pin|unpin|favorite|unfavorite|test|render|draft)(_|$)/;

/** Words of actions and of new records that leave the service. */
const OUTWARD =
  /(^|_)(send|resend|email|emails|mail|mails|remind|reminder|reminders|notify|notification|notifications|share|shares|invite|invites|invitation|invitations|publish|deliver|dispatch|transmit|submit|message|messages|sms|fax|post|broadcast|forward|print)(_|$)/;

export function effectsOf(
  method: HttpMethod,
  verb: Verb,
  sayings: readonly Saying[],
): Pick<Operation, 'reads' | 'destructive' | 'idempotent' | 'openWorld' | 'irreversible'> {
  const said = (act: Act) => sayings.some((one) => one.act === act);
  const reads = method === 'GET' && verb.tier === 'read';
  // A search may be a POST that the document calls a read; nothing makes a DELETE harmless.
  const isHarmless = reads || (method === 'POST' && verb.tier === 'read');
  const acts = verb.kind === 'action' ? verb.action : verb.kind === 'create' ? verb.words : '';
  const isKnownFinal = finalAct(sayings) !== undefined;
  const isKnownHarmless = verb.kind === 'create' || (verb.kind === 'action' && HARMLESS.test(verb.action));
  const destructive = !isHarmless && (isKnownFinal || !isKnownHarmless);
  const openWorld = !isHarmless && (said('sends') || (OUTWARD.test(acts) && !/^mark_/.test(acts)));
  const idempotent = reads || (method !== 'GET' && method !== 'POST' && isRepeatable(verb, sayings));
  const effects = { reads, destructive, idempotent, openWorld };
  if (isHarmless) return effects;
  const irreversible = irreversibleOperation(method, verb, effects, sayings);
  return irreversible === undefined ? effects : { ...effects, irreversible };
}

const REPEATABLE: ReadonlySet<Act> = new Set(['reads', 'reversible', 'changes', 'deletes']);

/**
 * Whether doing it twice is the same as doing it once, whatever the method promises: what adds, sends or toggles something
 * does so again, and so may an action whose verb is not known.
 */
function isRepeatable({ kind, action }: Verb, sayings: readonly Saying[]): boolean {
  const all = kind === 'action' ? [...actsInName(action), ...sayings] : sayings;
  return all.every(({ act }) => REPEATABLE.has(act)) && (kind !== 'action' || all.length > 0);
}

/** Undefined where no person has to be asked. */
function irreversibleOperation(
  method: HttpMethod,
  { kind, action }: Verb,
  { destructive, openWorld }: Pick<Operation, 'destructive' | 'openWorld'>,
  sayings: readonly Saying[],
): Irreversible | undefined {
  if (method === 'DELETE') return 'deletes';
  if (openWorld && !sayings.some(({ act }) => act === 'deletes')) return 'sends';
  if (kind === 'create' || kind === 'update') return finalAct(sayings);
  return byWords(action, [...actsInName(action), ...sayings], destructive);
}

function finalAct(sayings: readonly Saying[]): Irreversible | undefined {
  return (['deletes', 'sends', 'issues'] as const).find((final) => sayings.some(({ act }) => act === final));
}

const REVERSIBLE: ReadonlySet<Act> = new Set(['reversible', 'changes', 'makes']);

function byWords(name: string, sayings: readonly Saying[], destructive: boolean): Irreversible | undefined {
  const final = finalAct(sayings);
  if (final !== undefined) return final;
  const clauses = name.split(/_(?:and|then|or)_/);
  const isKnown = clauses.every((clause) => actsInName(clause).some(({ act }) => REVERSIBLE.has(act)));
  // A verb that is not in the table may do anything: one question too many harms less than one too few.
  return destructive && !isKnown ? 'unknown' : undefined;
}

/**
 * The same for a remote tool. Undefined where no person has to be asked.
 * @param name in snake_case, without the service's own prefix: `archive_project`
 * @param hints `openWorld` only where the endpoint says so itself, since MCP assumes it of every other tool
 */
export function irreversibleRemote(
  name: string,
  texts: readonly string[],
  hints: { readonly readOnly: boolean; readonly openWorld: boolean },
): Irreversible | undefined {
  if (hints.readOnly) return undefined;
  if (hints.openWorld) return 'sends';
  return byWords(name, sayingsOfTool(name, texts), true);
}
