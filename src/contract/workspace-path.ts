import { arrayIn, isJsonObject, uriDecoded } from '../core/json.ts';
import { METHODS, member, type OpenApiDocument, resolveReference } from './document.ts';
import { plainName } from './field-names.ts';
import { pathParts, type Segment, segmentsOf, snake, withoutVersion } from './naming.ts';
import { answerFields, answerOf } from './response.ts';
import { SchemaReader } from './schema-reader.ts';

/**
 * Names under which a request may say which workspace it is for. Services call a workspace by many words, and some of these
 * words have other meanings too: an account may be a bank account, a company may be a customer.
 */
const ID = '(_?(id|uuid|guid|slug|ref|handle|key|code)s?)?';
const BEFORE = '(x_(\\w+_)?)?(current_|active_|default_|selected_|my_|lucanto_)?';
const BETWEEN = '(target_|source_|from_|to_|other_|for_|in_|destination_|parent_|new_|old_)?';
const ANY = [
  new RegExp(`(^|_)(workspace|tenant)s?${ID}$`),
  new RegExp(
    `^${BEFORE}${BETWEEN}((account|firm|team|org|organi[sz]ation|mandant|realm|azienda|empresa|entreprise|firma|podnik|societe|spolka)s?|mandanten|unternehmen|bedrijf|spolocnost|ws|division|administration|subsidiary|business_unit|compan(y|ies)|business(es)?|legal_entit(y|ies))${ID}$`,
  ),
];
const CERTAIN = new RegExp(`(^|_)(workspace|tenant|organi[sz]ation|org)s?${ID}$`);
/** `fields[workspaces]=name` says what to show of a workspace, and `sort` in which order. */
const ABOUT_ANSWERS = /^(fields?|sort|order|order_by|include|expand)$/;

/** Whether a parameter, a header or a member of a body may name a workspace: `filter[account_id]` and `filter[workspace][id]` too. */
export function mayNameWorkspace(name: string): boolean {
  return partsOf(name).some((part) => ANY.some((words) => words.test(part)));
}

/** Whether the word has no other meaning. */
export function surelyNamesWorkspace(name: string): boolean {
  return mayNameWorkspace(name) && partsOf(name).some((part) => CERTAIN.test(part));
}

const CONDITION =
  /\b((?:\w+[_.])?(?:workspace|tenant|organi[sz]ation|org|account|firm|company)s?(?:[._]?id)?)(?:\[\w+\])?\s*(\(\s*(?:\w+\s*:)?|==?|:|\beq\b|\bin\b|!=|<[>=]?|>=?|\b(?:ne|[gl][te]e?|i?like|between)\b|\bnot(?: in)?\b)\s*(?:\{\s*\w+\s*:\s*)?(?:[([]([^)\]]*)|["']?([\w-]+))/gi;

/** What a text, in whatever language of queries, asks of a workspace; `ids` is null where that is another thing than to be one of them. */
export function workspaceConditions(
  text: string,
): readonly { readonly name: string; readonly ids: readonly string[] | null }[] {
  return [...text.matchAll(CONDITION)].map(([, word = '', operator = '', several, one = '']) => {
    const ids = (several ?? one).split(',').map((id) => id.replace(/["'\s]/g, ''));
    return { name: word.replaceAll('.', '_'), ids: /^([:=(]|eq|in)/i.test(operator) ? ids : null };
  });
}

/** `X-Act-As` and `on_behalf_of` may name a user as well. */
const FOR_ANOTHER = /(^|_)(behalf|(act|acting|run)_(as|for)|impersonate)(_|$)/;

export function mayMeanWorkspace(name: string): boolean {
  return mayNameWorkspace(name) || FOR_ANOTHER.test(snake(name));
}

/** Literals of a path below which everything belongs to one workspace, as in `/companies/{company_id}/invoices`. */
export function isWorkspaceSegment(word: string): boolean {
  return /^(workspace|account|compan(y|ies)|organi[sz]ation|org|tenant|firm|business(es)?|team)s?$/.test(snake(word));
}

function partsOf(name: string): readonly string[] {
  const [first = '', ...inner] = name.split(/[[\]]+/).map(snake);
  const within = inner.filter((part) => part !== '');
  return ABOUT_ANSWERS.test(first) ? [first] : [first, ...within];
}

/**
 * Which paths are about workspaces. `workspaces` says so itself; `accounts` may just as well be bank accounts or the chart
 * of accounts, and is taken for workspaces only where something else in the document speaks for it.
 */
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

/** What the paths of a document call its workspaces. */
export function workspaceWordsOf(document: OpenApiDocument): {
  /** Literals, as in `/accounts/{account_id}/invoices`. */
  readonly segments: readonly string[];
  /** The parameter that paths begin with, as in `/{company_id}/invoices`; null for none. */
  readonly leading: string | null;
} {
  const paths = Object.entries(document.paths).map(([path, item]) => ({
    segments: withoutVersion(segmentsOf(path)).segments,
    item: resolveReference(document, item),
  }));
  const all = paths.map((path) => path.segments);
  const segments = ['workspaces', ...tenantWords(all), ...ownWords(all)];
  if (speaksForAccounts(document, paths)) segments.push(AMBIGUOUS);
  return { segments, leading: leadingParameter(paths.map((path) => path.segments)) };
}

/**
 * `company` of `/company/{realmId}/invoices`, where nearly all paths are below it. A few such paths say nothing: companies
 * may be customers. Below words that hardly any service has for them (`/books/{book_id}/invoices/{id}`), everything has to be.
 */
function tenantWords(paths: readonly (readonly Segment[])[]): readonly string[] {
  const inside = new Map<string, { named: Set<string>; records: Set<string> }>();
  const top = new Set<string>();
  const kept = new Set<string>();
  for (const [first, second, third, fourth] of paths) {
    if (first === undefined || first.word === '' || USER_WORDS.includes(first.word)) continue;
    top.add(first.word);
    const parameter = second?.parameter ?? null;
    if (parameter !== null || third !== undefined) kept.add(first.word);
    if (parameter === null || third === undefined) continue;
    const below = inside.get(first.word) ?? { named: new Set(), records: new Set() };
    inside.set(first.word, below);
    if (mayNameWorkspace(parameter) || isWorkspaceSegment(first.word)) below.named.add(third.word);
    if (fourth?.parameter != null && RARE_WORD.test(first.word)) below.records.add(third.word);
  }
  return [...inside].flatMap(([word, { named, records }]) => {
    const isMost = named.size > 1 && named.size >= 3 * (top.size - 1);
    const isAll = records.size > 2 && kept.size === 1;
    return word !== AMBIGUOUS && word !== 'workspaces' && (isMost || isAll) ? word : [];
  });
}

const RARE_WORD =
  /^(book|branche?|database|division|entit(y|ie)|environment|establishment|group|holding|ledger|mandant|merchant|office|practice|realm|shop|site|space|store|subsidiar(y|ie)|unit)s?$/;

/** `organizations` of `/me/organizations`, where nothing else is called workspaces: the user's own list says what they are. */
function ownWords(paths: readonly (readonly Segment[])[]): readonly string[] {
  const own = paths.flatMap((segments) => segments[ownListAt(segments) ?? -1]?.word ?? []);
  const words = new Set(own.filter((word) => isWorkspaceSegment(word) && word !== AMBIGUOUS && word !== 'teams'));
  const isNamed = paths.some((segments) => segments.some(({ word }) => word === 'workspaces'));
  return isNamed || own.includes(AMBIGUOUS) || words.size !== 1 ? [] : [...words];
}

/** The parameter that four in five paths begin with: nothing else could stand there in so many of them. */
function leadingParameter(paths: readonly (readonly Segment[])[]): string | null {
  const counts = new Map<string, number>();
  for (const [first, second] of paths) {
    if (first?.parameter != null && second !== undefined)
      counts.set(first.parameter, (counts.get(first.parameter) ?? 0) + 1);
  }
  const [most] = [...counts].sort((a, b) => b[1] - a[1]);
  return most !== undefined && most[1] > 1 && most[1] >= 0.8 * paths.length ? most[0] : null;
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
  // What else is called workspaces is what they are, and accounts are those of customers, say.
  const isNamed = paths.some(({ segments }) => segments.some(({ word }) => word === 'workspaces'));
  if (isNamed && roots.length > 0) return false;
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
  'parent_account_id', 'ledger_id', 'credit_limit', 'customer_number', 'industry', 'annual_revenue', 'interest_rate', 'bank_name', 'class', 'classification']);

function evidenceOf(document: OpenApiDocument, item: unknown): 'for' | 'against' | null {
  const operations = METHODS.map((method) => member(item, method)).filter(isJsonObject);
  const texts = operations.flatMap(({ operationId, summary, tags }) => [
    typeof operationId === 'string' ? snake(operationId).replaceAll('_', ' ') : '',
    ...[summary, ...arrayIn(tags)].map((text) => (typeof text === 'string' ? text.slice(0, 300) : '')),
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
  const parts = pathParts(path).filter((part) => part !== '');
  const all = segmentsOf(path);
  const { segments } = withoutVersion(all);
  const at = workspaceAt(segments, ['workspaces', AMBIGUOUS]);
  const id = at === null ? undefined : parts[all.length - segments.length + at + 1];
  return id === undefined ? null : uriDecoded(id);
}
