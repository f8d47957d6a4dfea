/** What the MCP server needs of the bridge; the composition root provides it. */
import type { Answer } from '../catalog/dispatch.ts';
import type { SentDescriptor } from '../catalog/size-policy.ts';
import type { TimeLimit } from '../catalog/time-limit.ts';
import type { CallContext, Tool } from '../catalog/tool.ts';
import type { Workspace } from '../catalog/workspaces.ts';
import type { InstructionFacts } from './instructions.ts';

export interface ServedBridge {
  visible(): readonly Tool[];
  /** The visible tools as `tools/list` sends them. */
  listed(): readonly SentDescriptor[];
  /** @throws UnknownToolError */
  find(name: string): Tool;
  /** @throws UnknownToolError; every other failure is an `isError` answer */
  call(name: string, args: unknown, context: CallContext): Promise<Answer>;
  facts(): InstructionFacts;
  /** The workspaces that the token reaches, asked for at most every few minutes. @throws LucantoError */
  listWorkspaces(context: CallContext): Promise<readonly Workspace[]>;
  timeLimit(now: number): TimeLimit;
  /** Resolves at once, but for a token whose tools were never seen: then once they are, or after `waitMs`. */
  firstCatalogue(waitMs: number): Promise<void>;
  /** @returns stops the notices */
  onToolsChanged(listener: () => void): () => void;
  /** Starts refreshing contract and tool list behind the running server. */
  refreshInBackground(): void;
  /** Resolves when no write is on its way any more, or after `ms` milliseconds. */
  settleWrites(ms: number): Promise<void>;
  close(): Promise<void>;
}
