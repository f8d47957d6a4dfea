import { plainName } from '../contract/field-names.ts';
import { FIELD_ROLES } from '../contract/field-roles.ts';
import { pathParts, plural, singular, snake } from '../contract/naming.ts';
import type { Operation } from '../contract/operation.ts';
import {
  isWorkspaceSegment,
  mayMeanWorkspace,
  surelyNamesWorkspace,
  workspaceConditions,
  workspaceIn,
} from '../contract/workspace-path.ts';
import { LocalError } from '../core/errors.ts';
import { isJsonObject, LosslessNumber, tryParseJson, uriDecoded } from '../core/json.ts';
import { type HttpPort, type HttpRequest, isBodySource } from '../http/request.ts';
import { embeddedIn, isSwitchedOff, type Toolsets } from './grants.ts';
import { LIST_WORKSPACES } from './workspace-list.ts';
import { UNRESOLVED_PIN } from './workspaces.ts';

/**
 * The last word on `--read-only`, `--workspace` and `--toolsets`: no request that they forbid leaves this
 * computer, from whatever part of the program it comes. It knows nothing of tools; it reads the request itself.
 */
export interface GuardRules {
  readonly readOnly: boolean;
  readonly pinned: string | null;
  readonly toolsets: Toolsets | null;
  /** Of the contract in force. */
  readonly operations: () => readonly Pick<Operation, 'method' | 'path' | 'reads' | 'resource' | 'workspace'>[];
  /** Ids of the workspaces besides the pinned one; null while they are not known. */
  readonly others: () => ReadonlySet<string> | null;
  /** Whether a tool of the remote endpoint may be called, by its name there. */
  readonly mayCallRemote: (name: string) => boolean;
}

export function guarded(http: HttpPort, rules: GuardRules): HttpPort {
  if (!rules.readOnly && rules.pinned === null && rules.toolsets === null) return http;
  return {
    origin: http.origin,
    send: async (request, context) => {
      check(request, rules);
      const checkRedirect = ({ pathname, search }: URL) =>
        check({ ...request, path: pathname, query: search.slice(1) }, rules);
      return http.send({ ...request, checkRedirect }, context);
    },
  };
}

function check(request: HttpRequest, rules: GuardRules): void {
  const reason = reasonToRefuse(request, rules);
  if (reason === null) return;
  throw new LocalError('refused_locally', `${request.method} ${shown(request)} was not sent: ${reason}.`, {
    hint: {
      person: 'Change the option in the configuration of the app that starts lucanto-mcp, then restart the app.',
      model: 'Do not try it in another way: tell the user about this option. Only the user can change it.',
    },
  });
}

function shown({ path, secretPath }: HttpRequest): string {
  return secretPath === true ? 'of a signed address' : path;
}

function reasonToRefuse(request: HttpRequest, rules: GuardRules): string | null {
  const message = remoteMessage(request);
  if (message !== null) return reasonAgainstMessage(message, rules);
  if (rules.readOnly && (request.method !== 'GET' || isActingGet(request, rules)))
    return 'read-only mode (--read-only or LUCANTO_READ_ONLY is set)';
  const { pinned, toolsets } = rules;
  if (pinned === UNRESOLVED_PIN && request.method !== 'GET') return NOT_RESOLVED;
  if (pinned !== null && leavesPinned(request, pinned, rules)) return onlyPinned(pinned);
  if (toolsets === null) return null;
  const known = rules.operations().map(({ resource }) => resource);
  const reached = [resourceOf(request, rules), ...embeddedIn(request.query).filter((one) => known.includes(one))];
  const off = reached.find((one) => one !== undefined && isSwitchedOff(one, toolsets));
  if (off === undefined) return null;
  return `${off.replaceAll('_', ' ')} are switched off (--toolsets or LUCANTO_TOOLSETS is set)`;
}

/** A GET that changes something, by the words of the contract. */
function isActingGet({ path }: HttpRequest, { operations }: GuardRules): boolean {
  const gets = operations().filter((operation) => operation.method === 'GET' && fits(path, operation.path));
  return mostLiteral(gets)[0]?.reads === false;
}

/** A JSON-RPC message: the remote endpoint takes all of them as POST, reading or not. */
function remoteMessage({ method, body, path }: HttpRequest) {
  if (method !== 'POST' || typeof body !== 'string' || !/\/mcp(\/|$)/.test(path)) return null;
  const message = tryParseJson(body);
  if (!isJsonObject(message) || message.jsonrpc !== '2.0') return null;
  // An answer of ours to a request of the endpoint asks for nothing.
  const isAnswer = message.method === undefined && ('result' in message || 'error' in message);
  const called = isAnswer ? '' : message.method;
  return typeof called === 'string' ? { method: called, params: message.params } : null;
}

function reasonAgainstMessage(
  { method, params }: NonNullable<ReturnType<typeof remoteMessage>>,
  rules: GuardRules,
): string | null {
  const { mayCallRemote, pinned } = rules;
  if (method !== 'tools/call') return null;
  const name = isJsonObject(params) && typeof params.name === 'string' ? params.name : '';
  if (!mayCallRemote(name)) return `the tool ${name} is switched off (\`lucanto-mcp tools --all\` says why)`;
  if (pinned === UNRESOLVED_PIN && name !== LIST_WORKSPACES) return NOT_RESOLVED;
  const args = isJsonObject(params) ? params.arguments : undefined;
  return pinned !== null && namesAnother(args, pinned, othersFor(rules)) ? onlyPinned(pinned) : null;
}

const NOT_RESOLVED = 'the company that --workspace or LUCANTO_WORKSPACE names has not been found yet';

function onlyPinned(pinned: string): string {
  return `only workspace ${pinned} may be reached (--workspace or LUCANTO_WORKSPACE is set)`;
}

/** Path, query, headers and body alike: a workspace that is named anywhere must be the pinned one. */
function leavesPinned(request: HttpRequest, pinned: string, rules: GuardRules): boolean {
  const others = othersFor(rules);
  const isAnother = (name: string, value: string) => isOtherValue(name, value, pinned, others);
  const isOtherMember = (name: string, value: unknown) => namesAnother({ [name]: value }, pinned, others);
  if (workspacesInPath(request, rules).some((id) => id !== pinned)) return true;
  const parts = pathParts(request.path).map((part) => uriDecoded(uriDecoded(part)));
  // Some services decode `..%2F` before they look which record is meant.
  if (parts.some((part) => /(^|[\\/])\.\.([\\/]|$)/.test(part) || isSurelyOther(part, others))) return true;
  if (doubtfulInPath(request, rules).some(([name, id]) => isAnother(name, id) || others.isUnknownId(name, id)))
    return true;
  for (const [name, value] of new URLSearchParams(request.query)) {
    if (isOtherMember(name, value) || asksForAnother(value, pinned, others)) return true;
  }
  const headers = Object.entries(request.headers);
  if (headers.some(([name, value]) => isOtherMember(name, value))) return true;
  const { body } = request;
  if (isBodySource(body)) return (body.fields ?? []).some(([name, value]) => isOtherMember(name, value));
  if (typeof body !== 'string') return false;
  const type = Object.entries(request.headers).find(([name]) => name.toLowerCase() === 'content-type')?.[1] ?? '';
  if (/form-urlencoded/i.test(type))
    return [...new URLSearchParams(body)].some(([name, value]) => isOtherMember(name, value));
  return namesAnother(tryParseJson(body), pinned, others);
}

/** At any depth, JSON and paths in texts included. An object under such a name is taken by its id, and a list by its items. */
function namesAnother(value: unknown, pinned: string, others: Others, depth = 0): boolean {
  if (depth > MAX_DEPTH) return true;
  if (typeof value === 'string') return textNamesAnother(value, pinned, others, depth);
  if (Array.isArray(value)) {
    // `["workspace_id", 43]`
    const isPair = (item: unknown, next: unknown) =>
      typeof item === 'string' && mayMeanWorkspace(item) && idsIn(next).some((id) => others.ids?.has(id));
    return value.some((item, at) => isPair(item, value[at + 1]) || namesAnother(item, pinned, others, depth + 1));
  }
  if (!isJsonObject(value)) return false;
  const members = Object.entries(value);
  // `{ "type": "organization", "id": 43 }`
  const isTold = members.some(
    ([name, kind]) => KIND.test(name) && typeof kind === 'string' && mayMeanWorkspace(kind.replace(/^\//, '')),
  );
  if (isTold && idsIn(value).some((id) => others.ids?.has(id))) return true;
  return members.some(
    ([name, member]) =>
      (mayMeanWorkspace(name) && idsIn(member).some((id) => isOtherValue(name, id, pinned, others))) ||
      others.isUnknownId(name, member) ||
      (name.length > 5 && others.ids?.has(name) === true) ||
      (typeof member === 'string' && ASKS.test(name) && asksForAnother(member, pinned, others)) ||
      namesAnother(member, pinned, others, depth + 1),
  );
}

/** Members that say what the others are about. */
const KIND =
  /(^|_)(type|kind|resource|entity|model|class|object|field|property|column|attribute|parameter|name|key|k|path)$/i;
/** Deeper, nothing of ours is nested. */
const MAX_DEPTH = 100;
const PATH = /(?<![^/])([a-z_-]+)(?=\/([\w%-]+))/gi;

/** A list of requests in one body has paths, and a filter may be JSON as text. */
function textNamesAnother(text: string, pinned: string, others: Others, depth: number): boolean {
  if (isSurelyOther(text, others)) return true;
  if (/^\s*["[{]/.test(text) && namesAnother(tryParseJson(text), pinned, others, depth + 1)) return true;
  const fields = /^[\w.[\]-]+=[^\s=]*(&[\w.[\]-]+=[^\s=]*)*$/.test(text) ? [...new URLSearchParams(text)] : [];
  if (fields.some(([name, value]) => namesAnother({ [name]: value }, pinned, others, depth + 1))) return true;
  return [...uriDecoded(text).matchAll(PATH)].some(([, segment = '', id = '']) => {
    return isWorkspaceSegment(segment) && LOOKS_LIKE_ID.test(id) && isOtherValue(segment, id, pinned, others);
  });
}

/** Members that hold a condition or an address, by their last word. */
const ASKS =
  /(?:^|[_-]|[a-z](?=[A-Z]))(?:q|query|filters?|where|search|conditions?|criteria|expression|sql|ur[il]|path|href|link)$/i;

/** `filter=workspace_id eq 43`, `q=tenant:43`, `company in (42,43)`, `company(id: 43)`, and all but the pinned one. */
function asksForAnother(text: string, pinned: string, others: Others): boolean {
  const isId = (id: string) => LOOKS_LIKE_ID.test(id) || others.ids?.has(id) === true;
  return workspaceConditions(uriDecoded(uriDecoded(text)).normalize('NFKC')).some(({ name, ids }) =>
    ids === null ? surelyNamesWorkspace(name) : ids.some((id) => isId(id) && isOtherValue(name, id, pinned, others)),
  );
}

function idsIn(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.flatMap(idsIn);
  if (isJsonObject(value)) {
    return Object.entries(value).flatMap(([name, member]) => {
      if (/^\$?(ne|neq|nin|not|not_in)$/i.test(name)) return ALL_BUT;
      const isHeld =
        /^(id|uuid|guid|slug|key|ref|\$?(eq|in|is|any|equals?|values?|v|data|add|set|connect|items))$/i.test(name);
      return isHeld ? idsIn(member) : LOOKS_LIKE_ID.test(name) ? name : [];
    });
  }
  const isScalar = ['string', 'number', 'bigint'].includes(typeof value) || value instanceof LosslessNumber;
  return isScalar && value !== '' ? String(value).split(/[,;|]\s*/) : [];
}

interface Others {
  /** Of the other workspaces; null while they are not known. */
  readonly ids: ReadonlySet<string> | null;
  /** Whether a member holds one of them, long enough to be no accident, and its name is that of no other record. */
  readonly isUnknownId: (name: string, value: unknown) => boolean;
}

function othersFor({ others, operations }: GuardRules): Others {
  const ids = others();
  const isUnknownId = (name: string, value: unknown) => {
    const plain = plainName(name).replace(/^x_/, '');
    const found = ids === null ? [] : idsIn(value).filter((id) => id.length > 3 && ids.has(id));
    if (found.length === 0 || plain === 'id') return false;
    const [, noun = plain] = ID_NAME.exec(plain) ?? [];
    const isName = noun !== plain || PLAIN_NAME.test(plain);
    // Long enough to be nothing else, under whatever name; but an object's id is that of a record.
    if (!isName && (isJsonObject(value) || !found.some((id) => id.length > 5 && /\d/.test(id)))) return false;
    const isRole = Object.values(FIELD_ROLES).some(({ names }) =>
      names.some((one) => one === `${noun}_id` || (!isName && one === noun)),
    );
    // What stands last in a path is a record; below `/books/{book_id}` everything may belong to a company.
    const records = operations().map(({ path }) => pathParts(path).findLast((part) => !part.startsWith('{')) ?? '');
    return !isRole && !records.some((record) => `_${plural(noun)}`.endsWith(`_${plural(snake(record))}`));
  };
  return { ids, isUnknownId };
}

/** `ledger_id`; a bare `id` is that of the record itself. */
const ID_NAME = /^(.+)_(?:ids?|uuids?|guids?|refs?|keys?|codes?)$/;
/** Words that services have for companies, and for much else. */
const PLAIN_NAME =
  /^(ref|[cotw]id|entity|books?|branch|context|database|db|environment|establishment|group|holding|ledger|merchant|owner|practice|principal|profile|scope|shop|site|space|target|unit)$/;

/** A name with other meanings counts only if its value is, or may be, the id of another workspace. */
function isOtherValue(name: string, value: string, pinned: string, others: Others): boolean {
  if (!mayMeanWorkspace(name) || value === pinned || value === '') return false;
  return surelyNamesWorkspace(name) || (others.ids?.has(value) ?? LOOKS_LIKE_ID.test(value));
}

/** An id that no other record has counts under whatever name it stands. */
function isSurelyOther(value: string, others: Others): boolean {
  const spelled = [value, value.toLowerCase(), value.toUpperCase()];
  return /^[0-9a-f]{8}-[0-9a-f-]{20,}$/i.test(value) && spelled.some((one) => others.ids?.has(one));
}

/** No id of a company. */
const ALL_BUT = '(all but some)';
const LOOKS_LIKE_ID = /^(\d+|[0-9a-f]{8}-[0-9a-f-]{20,})$/i;

function workspacesInPath(request: HttpRequest, { operations }: GuardRules): readonly string[] {
  const known = operations().filter(({ path }) => fits(request.path, path));
  const parts = pathParts(request.path);
  // `/accounts/5` may be a bank account; where the contract knows the path, it says what it names.
  if (known.length === 0) return [workspaceIn(request.path)].filter((id) => id !== null);
  return mostLiteral(known)
    .slice(0, 1)
    .flatMap(({ path, workspace }) => {
      const template = pathParts(path);
      const at = workspace === null ? ownerAt(template) : template.indexOf(`{${workspace}}`);
      return at === -1 ? [] : [uriDecoded(parts[at] ?? '')];
    });
}

/** Parameters besides the workspace's own that may name one: `/companies/{company_id}`, `/move/{target_workspace_id}`. */
function doubtfulInPath(request: HttpRequest, { operations }: GuardRules): readonly (readonly [string, string])[] {
  const parts = pathParts(request.path);
  const known = mostLiteral(operations().filter(({ path }) => fits(request.path, path))).slice(0, 1);
  return known.flatMap(({ path, workspace }) => {
    const template = pathParts(path);
    return template.flatMap((part, at): (readonly [string, string])[] => {
      const parameter = /^\{(.*)\}$/.exec(part)?.[1];
      if (parameter === undefined || parameter === workspace) return [];
      const id = uriDecoded(parts[at] ?? '');
      if (surelyNamesWorkspace(parameter)) return [[parameter, id]];
      const segment = template[at - 1] ?? '';
      const own = parameter === 'id' ? `${singular(snake(segment))}_id` : parameter;
      // Within a workspace, `/accounts/7` is a record of it.
      if (workspace !== null) return mayMeanWorkspace(own) ? [] : [[own, id]];
      return [own, ...(isWorkspaceSegment(segment) ? [segment] : [])].map((name) => [name, id] as const);
    });
  });
}

/** The parameter in `/companies/{company_id}/invoices`: everything below it belongs to that company. */
function ownerAt(template: readonly string[]): number {
  const at = template.findIndex((part) => /^\{.*\}$/.test(part));
  return at < template.length - 1 && isWorkspaceSegment(template[at - 1] ?? '') ? at : -1;
}

/** By the operation of the path, else by the one whose path it is below. */
function resourceOf({ path }: HttpRequest, { operations }: GuardRules): string | undefined {
  const exact = operations().filter((operation) => fits(path, operation.path));
  const candidates = exact.length > 0 ? exact : operations().filter((operation) => isBelow(path, operation.path));
  return mostLiteral(candidates)[0]?.resource;
}

/** Of several templates that a path fits, the one with the most literal parts comes first. */
function mostLiteral<T extends { readonly path: string }>(operations: readonly T[]): readonly T[] {
  const literal = ({ path }: T) => pathParts(path).filter((part) => !part.startsWith('{')).length;
  return [...operations].sort((a, b) => literal(b) - literal(a));
}

function fits(path: string, template: string): boolean {
  return pathParts(path).length === pathParts(template).length && isBelow(path, template);
}

function isBelow(path: string, template: string): boolean {
  const parts = pathParts(path);
  return pathParts(template).every((part, index) => /^\{.*\}$/.test(part) || part === parts[index]);
}
