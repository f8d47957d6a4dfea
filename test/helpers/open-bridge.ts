/** The bridge in this process, against a service on loopback, as a model and as a script would use it. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Bridge } from '../../src/bridge/bridge.ts';
import { openBridge } from '../../src/bridge/open-bridge.ts';
import { FOR_MODELS } from '../../src/catalog/arguments/argument-parser.ts';
import { resolveSettings } from '../../src/config/resolve.ts';
import { parseJson } from '../../src/core/json.ts';
import { createLog, Secrets } from '../../src/core/log.ts';
import type { ToolResult } from '../../src/core/tool.ts';
import { callContext } from './call-context.ts';

interface Answered {
  readonly result: ToolResult;
  /** The first block. */
  readonly text: string;
  /** All blocks together. */
  readonly length: number;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of any shape.
  readonly json: any;
}

export interface OpenedBridge {
  readonly bridge: Bridge;
  /** As an MCP client's call. */
  ask(tool: string, args?: unknown): Promise<Answered>;
  /** As `lucanto-mcp call` does. */
  script(tool: string, args?: unknown): Promise<Answered>;
  close(): Promise<void>;
}

export async function openedBridge(
  url: string,
  token: string,
  env: Readonly<Record<string, string>> = {},
  when: { readonly now?: number; readonly timeZone?: string } = {},
): Promise<OpenedBridge> {
  const home = await mkdtemp(join(tmpdir(), 'lucanto-answers-'));
  const variables = {
    HOME: home,
    LUCANTO_CONFIG_DIR: join(home, 'config'),
    LUCANTO_URL: url,
    LUCANTO_TOKEN: token,
    ...env,
  };
  const settings = resolveSettings({}, variables, {
    ...{ platform: 'linux', home, cwd: home },
    ...(when.timeZone !== undefined && { timeZone: when.timeZone }),
  });
  const log = createLog('error', () => undefined, new Secrets());
  const bridge = await openBridge({ settings, env: variables, log, clock: () => when.now ?? Date.now() });
  await bridge.refresh(callContext());
  const call = async (tool: string, args: unknown, over: object): Promise<Answered> => {
    const { result } = await bridge.call(tool, args, callContext(over));
    const texts = result.content.map(({ text }) => String(text));
    const [text = ''] = texts;
    return { result, text, length: texts.join('').length, json: parseJson(text) };
  };
  return {
    bridge,
    ask: (tool, args = {}) => call(tool, args, { answer: FOR_MODELS }),
    script: (tool, args = {}) => call(tool, args, {}),
    close: async () => {
      await bridge.close();
      await rm(home, { recursive: true, force: true });
    },
  };
}
