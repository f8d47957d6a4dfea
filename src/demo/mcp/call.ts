/** One tool call, carried out by the same engine that answers REST. */
import type { CallToolResult } from '@modelcontextprotocol/server';
import { parseJson, stringifyJson } from '../../json.ts';
import type { Engine, EngineResponse } from '../engine-types.ts';
import { API_BASE } from '../http/contract.ts';
import { envelope, Refusal } from '../http/refusal.ts';
import { type Fields, isFields } from '../store/fields.ts';
import type { RemoteTool } from './catalogue.ts';
import { markExactNumbers } from './exact-numbers.ts';

export interface CallPort {
  readonly engine: Engine;
  readonly token: string;
  /** Makes the id of an answer that the engine never saw. */
  readonly requestId: () => string;
}

/** @returns the API's answer as text, and as `structuredContent` where it is an object; its errors with `isError`. */
export async function callTool(port: CallPort, tool: RemoteTool, args: Fields): Promise<CallToolResult> {
  const complaint = complaintAbout(tool, args);
  if (complaint !== null) {
    const refusal = new Refusal(400, 'bad_request', complaint);
    return { content: [text(stringifyJson(envelope(refusal, port.requestId())))], isError: true };
  }
  const body = bodyOf(tool, args);
  const response = await port.engine.handle({
    method: tool.operation.method,
    path: tool.pathParameters.reduce(
      (path, [argument, name]) => path.replace(`{${name}}`, encodeURIComponent(String(args[argument]))),
      `${API_BASE}${tool.operation.template}`,
    ),
    query: new URLSearchParams(
      Object.fromEntries(
        queryNames(tool)
          .filter((name) => isGiven(args[name]))
          .map((name) => [name, String(args[name])]),
      ),
    ),
    headers: {
      authorization: `Bearer ${port.token}`,
      accept: 'application/json',
      ...(body === null ? {} : { 'content-type': 'application/json' }),
    },
    body: new TextEncoder().encode(body === null ? '' : stringifyJson(body)),
  });
  return resultOf(response);
}

function complaintAbout(tool: RemoteTool, args: Fields): string | null {
  const known = [
    ...tool.pathParameters.map(([argument]) => argument),
    ...queryNames(tool),
    ...(tool.body?.fields ?? []),
  ];
  const unknown = Object.keys(args).filter((name) => !known.includes(name));
  if (unknown.length > 0) return `${tool.descriptor.name} has no argument ${unknown.join(', ')}.`;
  const missing = tool.pathParameters.filter(([argument]) => !isGiven(args[argument]));
  return missing.length > 0
    ? `${tool.descriptor.name} needs ${missing.map(([argument]) => argument).join(' and ')}.`
    : null;
}

function bodyOf(tool: RemoteTool, args: Fields): Fields | null {
  if (tool.body === null) return null;
  const given = tool.body.fields.filter((name) => args[name] !== undefined);
  return { [tool.body.wrapper]: Object.fromEntries(given.map((name) => [name, args[name]])) };
}

function resultOf(response: EngineResponse): CallToolResult {
  const answer = typeof response.body === 'string' ? response.body : '';
  if (response.status >= 400) return { content: [text(answer)], isError: true };
  const parsed = answer === '' ? null : parseJson(answer);
  return {
    content: [text(answer)],
    ...(isFields(parsed) ? { structuredContent: markExactNumbers(parsed) } : {}),
  };
}

function queryNames(tool: RemoteTool): string[] {
  return tool.operation.query.map(({ name }) => name);
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null;
}

function text(value: string): { type: 'text'; text: string } {
  return { type: 'text', text: value };
}
