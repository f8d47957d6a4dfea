import { isJsonObject } from '../core/json.ts';
import { list, METHODS, member, type OpenApiDocument, resolveReference } from './document.ts';
import { plainName } from './field-names.ts';
import { segmentWord, snake } from './naming.ts';
import { answerFields, answerOf } from './response.ts';
import { SchemaReader } from './schema-reader.ts';

/**
 * Which paths are about workspaces. `workspaces` says so itself; `accounts` may just as well be bank accounts or the chart
 * of accounts, and is taken for workspaces only where something else in the document speaks for it.
 */
export const API_BASE = '/api/v1';

export interface Segment {
  /** A literal in snake_case, or '' for a parameter. */
  readonly word: string;
  /** The parameter as the template spells it. */
  readonly parameter: string | null;
}

const USER_WORDS = ['user', 'me', 'users'];
const AMBIGUOUS = 'accounts';

/** The index of the workspaces' segment: `/user/accounts/…` and `/accounts/…` are the same, seen from the user or the root. */
export function workspaceAt(segments: readonly Segment[], words: readonly string[]): number | null {
  const isWorkspaces = (at: number) => segments[at] !== undefined && words.includes(segments[at].word);
  const own = ownListAt(segments);
  // The user's own accounts are workspaces by their place.
  if (own !== null && (isWorkspaces(own) || segments[own]?.word === AMBIGUOUS)) return own;
  return isWorkspaces(0) ? 0 : null;
}

/** Of `/user/accounts`, `/me/accounts`, `/users/me/accounts`: the index of what is the user's. */
function ownListAt(segments: readonly Segment[]): number | null {
  const [first, second] = segments;
  if (first === undefined || !USER_WORDS.includes(first.word)) return null;
  if (first.word === 'users') return second?.word === 'me' ? 2 : null;
  return 1;
}

/** Words whose paths are about workspaces in this document. */
export function workspaceWordsOf(document: OpenApiDocument): readonly string[] {
  const paths = Object.entries(document.paths).map(([path, item]) => ({
    segments: segmentsOf(path.replace(/^(\/api)?(\/v\d+)?(?=\/)/, '')),
    item: resolveReference(document, item),
  }));
  return speaksForAccounts(document, paths) ? ['workspaces', AMBIGUOUS] : ['workspaces'];
}

function speaksForAccounts(
  document: OpenApiDocument,
  paths: readonly { readonly segments: readonly Segment[]; readonly item: unknown }[],
): boolean {
  const roots = paths.filter(({ segments: [first, second, third] }) => {
    return first?.word === AMBIGUOUS && (second === undefined || second.parameter !== null) && third === undefined;
  });
  const evidence = roots.map(({ item }) => evidenceOf(document, item));
  if (evidence.includes('against')) return false;
  if (evidence.includes('for')) return true;
  if (paths.some(({ segments }) => segments[ownListAt(segments) ?? -1]?.word === AMBIGUOUS)) return true;
  // A service that keeps its records in workspaces has few outside them.
  const inside = new Set<string>();
  const outside = new Set<string>();
  for (const { segments } of paths) {
    const [first, second, third] = segments;
    if (first === undefined || second === undefined || second.parameter === null) continue;
    if (first.word === AMBIGUOUS && third !== undefined) inside.add(third.word);
    if (![AMBIGUOUS, 'workspaces', ...USER_WORDS].includes(first.word)) outside.add(first.word);
  }
  return inside.size > outside.size && (roots.length === 0 || inside.size > 1);
}

const WORKSPACE_TEXT =
  /\b(workspaces?|tenants?|organi[sz]ations?)\b|^\W*\w+ (?:all |the |your |my |a )*(compan(?:y|ies)|business(?:es)?)\b/i;
const OTHER_TEXT = /\b(bank|ledger|chart of|debit|credit|balances?|cash|payment|customer|email|bookkeeping)\b/i;

// biome-ignore format: a table
const WORKSPACE_FIELDS: ReadonlySet<string> = new Set(['legal_identity', 'legal_name', 'company_name', 'vat_id', 'vat_number',
  'tax_id', 'registration_id', 'registration_number', 'company_id', 'company', 'subdomain', 'slug', 'plan', 'role', 'roles',
  'owner', 'owner_id', 'members', 'permissions', 'time_zone', 'timezone', 'default', 'is_default', 'subscription']);
// biome-ignore format: a table
const OTHER_FIELDS: ReadonlySet<string> = new Set(['balance', 'available_balance', 'current_balance', 'opening_balance', 'iban',
  'bic', 'account_number', 'account_code', 'code', 'debit', 'credit', 'normal_balance', 'account_type', 'nature', 'parent_id',
  'parent_account_id', 'ledger_id', 'bank_name', 'class', 'classification']);

function evidenceOf(document: OpenApiDocument, item: unknown): 'for' | 'against' | null {
  const operations = METHODS.map((method) => member(item, method)).filter(isJsonObject);
  const texts = operations.flatMap(({ operationId, summary, tags }) => [
    typeof operationId === 'string' ? snake(operationId).replaceAll('_', ' ') : '',
    ...[summary, ...list(tags)].map((text) => (typeof text === 'string' ? text.slice(0, 300) : '')),
  ]);
  const reader = new SchemaReader(document);
  const fields = operations.flatMap((operation) => {
    const answer = answerOf(reader, operation);
    return answerFields(reader, operation, answer === 'root' || answer === 'data' ? answer : null);
  });
  const names = new Set(fields.map(({ name }) => plainName(name)));
  if ([...OTHER_FIELDS].some((name) => names.has(name))) return 'against';
  if (texts.some((text) => WORKSPACE_TEXT.test(text))) return 'for';
  if (texts.some((text) => OTHER_TEXT.test(text))) return 'against';
  return [...WORKSPACE_FIELDS].some((name) => names.has(name)) ? 'for' : null;
}

/** The workspace that a request's path names, decoded; null where it names none. */
export function workspaceIn(path: string): string | null {
  const below = path.startsWith(`${API_BASE}/`) ? path.slice(API_BASE.length) : path;
  const at = workspaceAt(segmentsOf(below), ['workspaces', AMBIGUOUS]);
  const id = at === null ? undefined : below.split('/').filter((part) => part !== '')[at + 1];
  if (id === undefined) return null;
  try {
    return decodeURIComponent(id);
  } catch {
    return id;
  }
}

export function segmentsOf(path: string): readonly Segment[] {
  return path
    .split('/')
    .filter((part) => part !== '')
    .flatMap((part) => {
      // `{id}.pdf` and `invoices:import` are a record or collection and something of it.
      const [, head = part, tail] = /^(\{[^{}]+\}|[\w-]+)[.:]([\w-]+)$/.exec(part) ?? [];
      const parameter = /^\{([^{}]+)\}$/.exec(head)?.[1] ?? null;
      const first = { word: parameter === null ? segmentWord(head) : '', parameter };
      return tail === undefined ? [first] : [first, { word: segmentWord(tail), parameter: null }];
    });
}
