import { pathParts, plural, singular, snake } from '../contract/naming.ts';
import type { Operation } from '../contract/operation.ts';
import { isWorkspaceSegment, mayMeanWorkspace, surelyNamesWorkspace, workspaceIn } from '../contract/workspace-path.ts';
import { LocalError } from '../core/errors.ts';
import { isJsonObject, tryParseJson, uriDecoded } from '../core/json.ts';
import { type HttpPort, type HttpRequest, isBodySource } from '../http/request.ts';
import { isSwitchedOff, type Toolsets } from './grants.ts';
import { OtherWorkspaces } from './other-workspaces.ts';
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
  return pinned !== null && othersOf(pinned, rules).areNamedIn(args) ? onlyPinned(pinned) : null;
}

const NOT_RESOLVED = 'the company that --workspace or LUCANTO_WORKSPACE names has not been found yet';

function onlyPinned(pinned: string): string {
  return `only workspace ${pinned} may be reached (--workspace or LUCANTO_WORKSPACE is set)`;
}

function othersOf(pinned: string, { others, operations }: GuardRules): OtherWorkspaces {
  // What stands last in a path is a record; below `/books/{book_id}` everything may belong to a company.
  const records = operations().map(({ path }) => pathParts(path).findLast((part) => !part.startsWith('{')) ?? '');
  return new OtherWorkspaces(pinned, others(), records);
}

/** Path, query, headers and body alike: a workspace that is named anywhere must be the pinned one. */
function leavesPinned(request: HttpRequest, pinned: string, rules: GuardRules): boolean {
  const others = othersOf(pinned, rules);
  const isOtherMember = ([name, value]: readonly [string, unknown]) => others.areNamedIn({ [name]: value });
  if (workspacesInPath(request, rules).some((id) => id !== pinned)) return true;
  const parts = pathParts(request.path).map((part) => uriDecoded(uriDecoded(part)));
  // Some services decode `..%2F` before they look which record is meant.
  if (parts.some((part) => /(^|[\\/])\.\.([\\/]|$)/.test(part) || others.isSurely(part))) return true;
  const doubtful = doubtfulInPath(request, rules);
  if (doubtful.some(([name, id]) => others.isMeant(name, id) || others.isUnderUnknownName(name, id))) return true;
  const query = [...new URLSearchParams(request.query)];
  if (query.some((pair) => isOtherMember(pair) || others.areAskedFor(pair[1]))) return true;
  const headers = Object.entries(request.headers);
  if (headers.some(isOtherMember)) return true;
  const { body } = request;
  if (isBodySource(body)) return (body.fields ?? []).some(isOtherMember);
  if (typeof body !== 'string') return false;
  const type = headers.find(([name]) => name.toLowerCase() === 'content-type')?.[1] ?? '';
  if (/form-urlencoded/i.test(type)) return [...new URLSearchParams(body)].some(isOtherMember);
  return others.areNamedIn(tryParseJson(body));
}

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

/** Resources that a query asks for besides: `include=invoices.items`. */
function embeddedIn(query: string): readonly string[] {
  return [...new URLSearchParams(query)].flatMap(([name, value]) =>
    /^_?(includes?|expand|embed|with|populate|relations?)(\[.*\])?$/i.test(name)
      ? value.split(/[^\w-]+/).map((word) => plural(snake(word)))
      : [],
  );
}
