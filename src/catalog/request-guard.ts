import type { Operation } from '../contract/operation.ts';
import { workspaceIn } from '../contract/workspace-path.ts';
import { LocalError } from '../core/errors.ts';
import { isJsonObject, parseJson } from '../core/json.ts';
import type { HttpPort, HttpRequest } from '../http/request.ts';
import { isSwitchedOff, type Toolsets } from './grants.ts';

/**
 * The last word on `--read-only`, `--workspace` and `--toolsets`: whoever asks, no request that they forbid leaves
 * this machine. It knows nothing of tools; it reads the request itself.
 */
export interface GuardRules {
  readonly readOnly: boolean;
  readonly pinned: string | null;
  readonly toolsets: Toolsets | null;
  /** Of the contract in force. */
  readonly operations: () => readonly Pick<Operation, 'method' | 'path' | 'reads' | 'resource' | 'workspace'>[];
  /** Whether a tool of the remote endpoint may be called, by its name there. */
  readonly mayCallRemote: (name: string) => boolean;
}

export function guarded(http: HttpPort, rules: GuardRules): HttpPort {
  if (!rules.readOnly && rules.pinned === null && rules.toolsets === null) return http;
  return {
    origin: http.origin,
    send: async (request, context) => {
      const reason = reasonToRefuse(request, rules);
      if (reason !== null) {
        throw new LocalError('refused_locally', `${request.method} ${shown(request)} was not sent: ${reason}.`, {
          hint: 'Change the option in the configuration of the app that starts lucanto-mcp, then restart the app.',
        });
      }
      return http.send(request, context);
    },
  };
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
  if (pinned !== null && namedWorkspaces(request, rules).some((id) => id !== pinned)) {
    return `only workspace ${pinned} may be reached (--workspace or LUCANTO_WORKSPACE is set)`;
  }
  if (toolsets === null) return null;
  const resource = resourceOf(request, rules);
  return resource !== undefined && isSwitchedOff(resource, toolsets)
    ? `${resource.replaceAll('_', ' ')} are switched off (--toolsets or LUCANTO_TOOLSETS is set)`
    : null;
}

/** A GET that changes something, by the words of the contract. */
function isActingGet({ path }: HttpRequest, { operations }: GuardRules): boolean {
  const gets = operations().filter((operation) => operation.method === 'GET' && fits(path, operation.path));
  const literal = (template: string) => template.split('/').filter((part) => !part.startsWith('{')).length;
  return [...gets].sort((a, b) => literal(b.path) - literal(a.path))[0]?.reads === false;
}

interface Message {
  readonly method: string;
  readonly params: unknown;
}

/** A JSON-RPC message: the remote endpoint takes all of them as POST, reading or not. */
function remoteMessage({ method, body, path }: HttpRequest): Message | null {
  if (method !== 'POST' || typeof body !== 'string' || !/\/mcp(\/|$)/.test(path)) return null;
  try {
    const message = parseJson(body);
    if (!isJsonObject(message) || message.jsonrpc !== '2.0' || typeof message.method !== 'string') return null;
    return { method: message.method, params: message.params };
  } catch {
    return null;
  }
}

function reasonAgainstMessage({ method, params }: Message, { mayCallRemote, pinned }: GuardRules): string | null {
  if (method !== 'tools/call') return null;
  const name = isJsonObject(params) && typeof params.name === 'string' ? params.name : '';
  if (!mayCallRemote(name)) return `the tool ${name} is switched off (\`lucanto-mcp tools --all\` says why)`;
  const args = isJsonObject(params) && isJsonObject(params.arguments) ? params.arguments : {};
  const named = [args.workspace_id, args.account_id].filter((id) => id !== undefined && id !== null);
  return pinned !== null && named.some((id) => String(id) !== pinned)
    ? `only workspace ${pinned} may be reached (--workspace or LUCANTO_WORKSPACE is set)`
    : null;
}

function namedWorkspaces(request: HttpRequest, { operations }: GuardRules): readonly string[] {
  const query = new URLSearchParams(request.query);
  // `/accounts/5` may be a bank account; where the contract knows the path, it says what it names.
  const isKnown = operations().some(({ path }) => fits(request.path, path));
  const found = isKnown ? [] : [workspaceIn(request.path)];
  for (const { path, workspace } of operations()) {
    if (workspace === null) continue;
    const at = path.split('/').indexOf(`{${workspace}}`);
    if (at !== -1 && fits(request.path, path)) found.push(decoded(request.path.split('/')[at] ?? ''));
    if (at === -1 && fits(request.path, path)) found.push(query.get(workspace));
  }
  return found.filter((id) => id !== null);
}

/** By the operation of the path, else by the one whose path it is below. */
function resourceOf({ path }: HttpRequest, { operations }: GuardRules): string | undefined {
  const exact = operations().filter((operation) => fits(path, operation.path));
  const literal = (template: string) => template.split('/').filter((part) => !part.startsWith('{')).length;
  const candidates = exact.length > 0 ? exact : operations().filter((operation) => isBelow(path, operation.path));
  return [...candidates].sort((a, b) => literal(b.path) - literal(a.path))[0]?.resource;
}

function fits(path: string, template: string): boolean {
  return path.split('/').length === template.split('/').length && isBelow(path, template);
}

function isBelow(path: string, template: string): boolean {
  const parts = path.split('/');
  return template.split('/').every((part, index) => /^\{.*\}$/.test(part) || part === parts[index]);
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
