import type { Irreversible } from '../core/tool.ts';
import type { HttpMethod, Operation } from './operation.ts';
import type { Verb } from './verb.ts';

/** What operations and remote tools do to the world, and which of them a person must agree to first. */
interface Effects {
  readonly destructive: boolean;
  readonly idempotent: boolean;
  readonly openWorld: boolean;
}

/** Actions that take nothing away and tell nobody. */
const HARMLESS =
  /^(set_default|duplicate|copy|clone|preview|validate|check|search|find|lookup|query|filter|export|calculate|count|restore|unarchive|star|unstar|pin|unpin|favorite|unfavorite|test|render|draft)(_|$)/;

/** Words of actions and of things made that leave Lucanto. */
const OUTWARD =
  /(^|_)(send|resend|email|emails|mail|mails|remind|reminder|reminders|notify|notification|notifications|share|shares|invite|invites|invitation|invitations|publish|deliver|dispatch|transmit|submit|message|messages|sms|fax|post|broadcast|forward)(_|$)/;

/** Whether words of an action say that something leaves Lucanto. */
function isExternal(words: string): boolean {
  return OUTWARD.test(words);
}

export function effectsOf(method: HttpMethod, verb: Verb): Effects {
  // A search may be a POST that the document calls a read; nothing makes a DELETE harmless.
  const reads = method === 'GET' || (method === 'POST' && verb.tier === 'read');
  const acts = verb.kind === 'action' ? verb.action : verb.kind === 'create' ? verb.words : '';
  return {
    destructive: !reads && verb.kind !== 'create' && !(verb.kind === 'action' && HARMLESS.test(verb.action)),
    idempotent: method !== 'POST',
    openWorld: !reads && isExternal(acts) && !/^mark_/.test(acts),
  };
}

// biome-ignore format: a table
const DELETING: ReadonlySet<string> = new Set(['delete', 'destroy', 'remove', 'erase', 'purge', 'wipe', 'discard',
  'cancel', 'void', 'storno', 'annul', 'revoke', 'terminate', 'anonymise', 'anonymize']);

const ISSUING: ReadonlySet<string> = new Set(['issue', 'expose', 'finalise', 'finalize', 'sign', 'refund', 'transfer']);

/** What another call puts right again. */
// biome-ignore format: a table
const REVERSIBLE: ReadonlySet<string> = new Set(['mark', 'unmark', 'accept', 'decline', 'reject', 'approve', 'archive',
  'unarchive', 'restore', 'undelete', 'reopen', 'activate', 'deactivate', 'enable', 'disable', 'lock', 'unlock', 'pause',
  'resume', 'hide', 'show', 'assign', 'unassign', 'link', 'unlink', 'attach', 'detach', 'tag', 'untag', 'star', 'unstar',
  'pin', 'unpin', 'set', 'unset', 'rename', 'move', 'sort', 'reorder', 'refresh', 'recalculate', 'duplicate', 'copy',
  'clone']);

const MAKING: ReadonlySet<string> = new Set(['create', 'add', 'make', 'new', 'update', 'edit', 'change', 'upsert']);

/** Stand before a verb: `bulk_delete`. */
const PREFIXES: ReadonlySet<string> = new Set(['bulk', 'batch', 'mass', 'multi', 'all', 'force', 'hard', 'soft']);

type Facts = Pick<Operation, 'method' | 'action' | 'tier' | 'destructive' | 'openWorld'>;

/** Undefined where no person has to be asked. */
export function irreversibleOperation({
  method,
  action,
  tier,
  destructive,
  openWorld,
}: Facts): Irreversible | undefined {
  if (method === 'GET') return undefined;
  if (method === 'DELETE') return 'deletes';
  if (openWorld) return 'sends';
  if (tier === 'read' || !destructive || action === 'create' || action === 'update') return undefined;
  return byVerbs(action, true);
}

interface RemoteFacts {
  /** In snake_case, without the service's own prefix: `archive_project`. */
  readonly words: string;
  readonly readOnly: boolean;
  /** As the endpoint says, true where it does not. */
  readonly destructive: boolean;
  /** Only where the endpoint itself says so: MCP assumes it of every tool that is silent. */
  readonly openWorld: boolean;
}

/** Undefined where no person has to be asked. */
export function irreversibleRemote({ words, readOnly, destructive, openWorld }: RemoteFacts): Irreversible | undefined {
  if (readOnly) return undefined;
  // By their hints updates destroy and are put right by another one; a noun of theirs (`update_post`) is no verb.
  return openWorld ? 'sends' : byVerbs(words, destructive);
}

function byVerbs(words: string, destructive: boolean): Irreversible | undefined {
  const found = words.split('_and_').map((part) => byVerb(plainVerb(part)));
  const known = found.flatMap((irreversible) =>
    irreversible === undefined || irreversible === 'harmless' ? [] : [irreversible],
  )[0];
  if (known !== undefined) return known;
  // A verb that nobody has met may do anything: one question too many harms less than one too few.
  return destructive && found.includes(undefined) ? 'unknown' : undefined;
}

function plainVerb(words: string): string {
  return words.split('_').find((word) => !PREFIXES.has(word)) ?? '';
}

function byVerb(verb: string): Irreversible | 'harmless' | undefined {
  if (DELETING.has(verb)) return 'deletes';
  if (ISSUING.has(verb)) return 'issues';
  if (isExternal(verb)) return 'sends';
  return REVERSIBLE.has(verb) || MAKING.has(verb) ? 'harmless' : undefined;
}
