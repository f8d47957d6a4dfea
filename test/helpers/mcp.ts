/** The built bridge as three kinds of client meet it over stdio: the v1 SDK, the v2 SDK, and raw lines. */
import { spawn } from 'node:child_process';
import { Client as ClientV2 } from '@modelcontextprotocol/client';
import { StdioClientTransport as TransportV2 } from '@modelcontextprotocol/client/stdio';
import { Client as ClientV1 } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport as TransportV1 } from '@modelcontextprotocol/sdk/client/stdio.js';
import { BIN, type Home, NODE, NODE_FLAGS } from './run.ts';

export const CLIENTS = ['v1', 'v2 auto', 'v2 pinned to 2026-07-28'] as const;
export type ClientKind = (typeof CLIENTS)[number];

export interface ListedTool {
  readonly name: string;
  readonly description?: string | undefined;
  readonly inputSchema: Readonly<Record<string, unknown>>;
  readonly annotations?: Readonly<Record<string, unknown>> | undefined;
}

export interface Called {
  readonly isError: boolean;
  /** The text of every text block, joined. */
  readonly text: string;
  readonly content: readonly Readonly<Record<string, unknown>>[];
  readonly structuredContent: unknown;
}

export interface McpSession {
  /** All pages. */
  listTools(): Promise<readonly ListedTool[]>;
  /** @throws what the client throws for a JSON-RPC error */
  callTool(name: string, args?: Record<string, unknown>): Promise<Called>;
  instructions(): string | undefined;
  /** Names of what the server says it can do. */
  capabilities(): readonly string[];
  /** Addresses. */
  listResources(): Promise<readonly string[]>;
  listTemplates(): Promise<readonly string[]>;
  /** The text of the one content. @throws what the client throws for a JSON-RPC error */
  readResource(uri: string): Promise<{ readonly mimeType: unknown; readonly text: string }>;
  listPrompts(): Promise<readonly ListedPrompt[]>;
  /** The text of the one message. @throws what the client throws for a JSON-RPC error */
  getPrompt(name: string, args?: Record<string, string>): Promise<string>;
  /** @param others arguments that are filled in already */
  complete(of: CompletedReference, name: string, value: string, others?: Record<string, string>): Promise<Completed>;
  close(): Promise<void>;
}

interface ListedPrompt {
  readonly name: string;
  readonly arguments: readonly { readonly name: string; readonly required?: boolean | undefined }[];
}

type CompletedReference = { readonly prompt: string } | { readonly template: string };

interface Completed {
  readonly values: readonly string[];
  readonly total?: number | undefined;
  readonly hasMore?: boolean | undefined;
}

export interface BridgeOptions {
  readonly home: Home;
  readonly env?: Readonly<Record<string, string>>;
  readonly args?: readonly string[];
  /** Another copy than the one that was built here. */
  readonly bin?: string;
}

interface SdkClient {
  listTools(params?: { cursor: string }): Promise<{ tools: ListedTool[]; nextCursor?: string | undefined }>;
  callTool(params: { name: string; arguments: Record<string, unknown> }): Promise<Record<string, unknown>>;
  getInstructions(): string | undefined;
  getServerCapabilities(): object | undefined;
  listResources(): Promise<{ resources: { uri: string }[] }>;
  listResourceTemplates(): Promise<{ resourceTemplates: { uriTemplate: string }[] }>;
  readResource(params: { uri: string }): Promise<{ contents: unknown[] }>;
  listPrompts(): Promise<{ prompts: { name: string; arguments?: ListedPrompt['arguments'] | undefined }[] }>;
  getPrompt(params: { name: string; arguments: Record<string, string> }): Promise<{ messages: { content: unknown }[] }>;
  complete(params: {
    ref: { type: 'ref/prompt'; name: string } | { type: 'ref/resource'; uri: string };
    argument: { name: string; value: string };
    context: { arguments: Record<string, string> };
  }): Promise<{ completion: Completed }>;
  close(): Promise<void>;
}

export async function connect(kind: ClientKind, options: BridgeOptions): Promise<McpSession> {
  const server = {
    command: NODE,
    args: [...NODE_FLAGS, options.bin ?? BIN, 'serve', ...(options.args ?? [])],
    cwd: options.home.dir,
    env: { ...options.home.env, ...options.env },
    stderr: 'ignore' as const,
  };
  const introduction = { name: 'test-host', version: '7.8.9' };
  if (kind === 'v1') {
    const client = new ClientV1(introduction);
    await client.connect(new TransportV1(server));
    return session(client);
  }
  const mode = kind === 'v2 auto' ? ('auto' as const) : { pin: '2026-07-28' };
  const client = new ClientV2(introduction, { versionNegotiation: { mode } });
  await client.connect(new TransportV2(server));
  return session(client);
}

function session(client: SdkClient): McpSession {
  return {
    listTools: async () => {
      const tools: ListedTool[] = [];
      let page = await client.listTools();
      tools.push(...page.tools);
      while (page.nextCursor !== undefined) {
        page = await client.listTools({ cursor: page.nextCursor });
        tools.push(...page.tools);
      }
      return tools;
    },
    callTool: async (name, args = {}) => calledOf(await client.callTool({ name, arguments: args })),
    instructions: () => client.getInstructions(),
    capabilities: () => Object.keys(client.getServerCapabilities() ?? {}),
    listResources: async () => (await client.listResources()).resources.map(({ uri }) => uri),
    listTemplates: async () =>
      (await client.listResourceTemplates()).resourceTemplates.map(({ uriTemplate }) => uriTemplate),
    readResource: async (uri) => {
      const [content] = (await client.readResource({ uri })).contents.filter(isRecord);
      return { mimeType: content?.mimeType, text: String(content?.text) };
    },
    listPrompts: async () =>
      (await client.listPrompts()).prompts.map((prompt) => ({ name: prompt.name, arguments: prompt.arguments ?? [] })),
    getPrompt: async (name, args = {}) => {
      const [message] = (await client.getPrompt({ name, arguments: args })).messages;
      return isRecord(message?.content) ? String(message.content.text) : '';
    },
    complete: async (of, name, value, others = {}) => {
      const ref =
        'prompt' in of
          ? { type: 'ref/prompt' as const, name: of.prompt }
          : { type: 'ref/resource' as const, uri: of.template };
      const asked = { ref, argument: { name, value }, context: { arguments: others } };
      return (await client.complete(asked)).completion;
    },
    close: () => client.close(),
  };
}

function calledOf(result: Readonly<Record<string, unknown>>): Called {
  const content = Array.isArray(result.content) ? result.content.filter(isRecord) : [];
  const text = content.map((block) => (typeof block.text === 'string' ? block.text : '')).join('\n');
  return { isError: result.isError === true, text, content, structuredContent: result.structuredContent };
}

export interface RawSession {
  /** Writes one line as it is. */
  send(line: string): void;
  /** The next line that holds the text, also one that came before; lines are not parsed, so that digits stay. */
  lineWith(text: string): Promise<string>;
  /** Everything that came on stdout so far. */
  readonly lines: readonly string[];
  stderr(): string;
  readonly pid: number | undefined;
  /** Ends stdin and waits for the process. */
  end(): Promise<number | null>;
  kill(): void;
}

export function startRaw(options: BridgeOptions): RawSession {
  const child = spawn(NODE, [...NODE_FLAGS, options.bin ?? BIN, 'serve', ...(options.args ?? [])], {
    cwd: options.home.dir,
    env: { ...options.home.env, ...options.env },
    stdio: 'pipe',
  });
  const lines: string[] = [];
  const waiting: { text: string; resolve: (line: string) => void; reject: (error: Error) => void }[] = [];
  let rest = '';
  let stderr = '';
  child.stdin.on('error', () => undefined);
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    const parts = `${rest}${text}`.split('\n');
    rest = parts.pop() ?? '';
    for (const line of parts) {
      lines.push(line);
      for (const [index, waiter] of [...waiting.entries()].reverse()) {
        if (!line.includes(waiter.text)) continue;
        waiting.splice(index, 1);
        waiter.resolve(line);
      }
    }
  });
  const exited = new Promise<number | null>((resolve) => child.once('close', resolve));
  void exited.then((code) => {
    for (const { text, reject } of waiting) reject(new Error(`Ended with ${code} before ${text} came: ${stderr}`));
  });
  return {
    lines,
    pid: child.pid,
    send: (line) => child.stdin.write(`${line}\n`),
    lineWith: (text) =>
      new Promise((resolve, reject) => {
        const known = lines.find((line) => line.includes(text));
        if (known === undefined) waiting.push({ text, resolve, reject });
        else resolve(known);
      }),
    stderr: () => stderr,
    end: () => {
      child.stdin.end();
      return exited;
    },
    kill: () => child.kill('SIGKILL'),
  };
}

/** The legacy handshake, ready to send. */
export const HANDSHAKE = [
  '{"jsonrpc":"2.0","id":"hello","method":"initialize","params":{"protocolVersion":"2025-06-18","capabilities":{},"clientInfo":{"name":"raw-host","version":"1.2.3"}}}',
  '{"jsonrpc":"2.0","method":"notifications/initialized"}',
] as const;

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
