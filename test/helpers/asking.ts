/** MCP clients that can put questions to a person, and the person. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Client as ClientV2 } from '@modelcontextprotocol/client';
import { StdioClientTransport as TransportV2 } from '@modelcontextprotocol/client/stdio';
import { Client as ClientV1 } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport as TransportV1 } from '@modelcontextprotocol/sdk/client/stdio.js';
import { ElicitRequestSchema } from '@modelcontextprotocol/sdk/types.js';
import type { BridgeOptions, Called } from './mcp.ts';
import { NODE, PROGRAM } from './run.ts';

export const ASKING_CLIENTS = ['2025-11-25', '2026-07-28'] as const;
export type AskingClient = (typeof ASKING_CLIENTS)[number];

type Elicited =
  | { readonly action: 'accept'; readonly content: Record<string, string | number | boolean | string[]> }
  | { readonly action: 'decline' | 'cancel' };

/** @param signal aborts when the question is taken back */
export type Person = (question: string, signal: AbortSignal) => Promise<Elicited>;

export interface AskingSession {
  /** What was asked so far. */
  readonly questions: readonly string[];
  /** The forms that came with it. */
  readonly forms: readonly unknown[];
  /** Messages of progress. */
  readonly progress: readonly string[];
  /** Begins these three lists anew. */
  forget(): void;
  call(name: string, args?: Record<string, unknown>, signal?: AbortSignal): Promise<Called>;
  close(): Promise<void>;
}

/** Longer than the bridge takes for a machine's answer. */
const READING_MS = 1_000;

export const says =
  (action: 'accept' | 'decline' | 'cancel', confirm = true): Person =>
  async () => {
    await sleep(READING_MS);
    return action === 'accept' ? { action, content: { confirm } } : { action };
  };

export const saysAtOnce =
  (action: 'accept' | 'decline' | 'cancel'): Person =>
  async () =>
    action === 'accept' ? { action, content: { confirm: true } } : { action };

/** Waits until the confirmation of a preview takes effect. */
export async function whenItTakesEffect(preview: { readonly takes_effect_at: string }): Promise<void> {
  await sleep(Math.max(0, Date.parse(preview.takes_effect_at) - Date.now()) + 50);
}

/** Never answers. */
export const isSilent: Person = (_question, signal) =>
  new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(new Error('taken back')), { once: true });
  });

export async function connectAsking(
  kind: AskingClient,
  options: BridgeOptions,
  person: Person,
): Promise<AskingSession> {
  const server = {
    command: NODE,
    args: [...PROGRAM, 'serve', ...(options.args ?? [])],
    cwd: options.home.dir,
    env: { ...options.home.env, ...options.env },
    stderr: 'ignore' as const,
  };
  const introduction = { name: 'asking-host', version: '1.0.0' };
  const capabilities = { elicitation: {} };
  const questions: string[] = [];
  const forms: unknown[] = [];
  const progress: string[] = [];
  const onprogress = ({ message }: { message?: string | undefined }) => void progress.push(message ?? '');
  const forget = () => {
    for (const list of [questions, forms, progress]) list.length = 0;
  };
  const asked = (message: string, form: unknown, signal: AbortSignal) => {
    questions.push(message);
    forms.push(form);
    return person(message, signal);
  };
  if (kind === '2025-11-25') {
    const client = new ClientV1(introduction, { capabilities });
    client.setRequestHandler(ElicitRequestSchema, ({ params }, { signal }) =>
      asked(params.message, 'requestedSchema' in params ? params.requestedSchema : null, signal),
    );
    await client.connect(new TransportV1(server));
    return {
      ...{ questions, forms, progress, forget },
      call: async (name, args = {}, signal) =>
        calledOf(
          await client.callTool({ name, arguments: args }, undefined, { onprogress, ...(signal && { signal }) }),
        ),
      close: () => client.close(),
    };
  }
  const client = new ClientV2(introduction, { capabilities, versionNegotiation: { mode: { pin: kind } } });
  client.setRequestHandler('elicitation/create', ({ params }, { mcpReq }) =>
    asked(params.message, 'requestedSchema' in params ? params.requestedSchema : null, mcpReq.signal),
  );
  await client.connect(new TransportV2(server));
  return {
    ...{ questions, forms, progress, forget },
    call: async (name, args = {}, signal) =>
      calledOf(await client.callTool({ name, arguments: args }, { onprogress, ...(signal && { signal }) })),
    close: () => client.close(),
  };
}

function calledOf(result: Readonly<Record<string, unknown>>): Called {
  const content = Array.isArray(result.content) ? result.content.filter(isRecord) : [];
  const text = content.map((block) => (typeof block.text === 'string' ? block.text : '')).join('\n');
  return { isError: result.isError === true, text, content, structuredContent: result.structuredContent };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
