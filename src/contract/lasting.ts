/**
 * Which operations and remote tools do what nobody can put right again, so that a person may have to agree first:
 * judged by method, verb and hints. The verbs are data.
 */
import type { Operation } from './operation.ts';
import { isOutward } from './verb.ts';

/** `unknown`: it takes something away, and what its verb means is not known. */
export type Lasting = 'deletes' | 'issues' | 'sends' | 'unknown';

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
export function lastingOperation({ method, action, tier, destructive, openWorld }: Facts): Lasting | undefined {
  if (method === 'GET') return undefined;
  if (method === 'DELETE') return 'deletes';
  if (openWorld) return 'sends';
  if (tier === 'read' || !destructive || action === 'create' || action === 'update') return undefined;
  return byVerbs(action, true);
}

export interface RemoteFacts {
  /** In snake_case, without the service's own prefix: `archive_project`. */
  readonly words: string;
  readonly readOnly: boolean;
  /** As the endpoint says, true where it does not. */
  readonly destructive: boolean;
  /** Only where the endpoint itself says so: MCP assumes it of every tool that is silent. */
  readonly openWorld: boolean;
}

/** Undefined where no person has to be asked. */
export function lastingRemote({ words, readOnly, destructive, openWorld }: RemoteFacts): Lasting | undefined {
  if (readOnly) return undefined;
  // By their hints updates destroy and are put right by another one; a noun of theirs (`update_post`) is no verb.
  return openWorld ? 'sends' : byVerbs(words, destructive);
}

function byVerbs(words: string, destructive: boolean): Lasting | undefined {
  const found = words.split('_and_').map((part) => byVerb(verbOf(part)));
  const known = found.flatMap((lasting) => (lasting === undefined || lasting === 'harmless' ? [] : [lasting]))[0];
  if (known !== undefined) return known;
  // A verb that nobody has met may do anything: one question too many harms less than one too few.
  return destructive && found.includes(undefined) ? 'unknown' : undefined;
}

function verbOf(words: string): string {
  return words.split('_').find((word) => !PREFIXES.has(word)) ?? '';
}

function byVerb(verb: string): Lasting | 'harmless' | undefined {
  if (DELETING.has(verb)) return 'deletes';
  if (ISSUING.has(verb)) return 'issues';
  if (isOutward(verb)) return 'sends';
  return REVERSIBLE.has(verb) || MAKING.has(verb) ? 'harmless' : undefined;
}
