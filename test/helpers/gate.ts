/** A gate on a folder of its own, at a time of the test's choosing, before a service of one invoice. */
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ConfirmationRequest } from '../../src/confirm/call-subject.ts';
import { ConfirmationGate, type Decision } from '../../src/confirm/confirmation-gate.ts';
import { ConfirmationTokens } from '../../src/confirm/confirmation-token.ts';
import { effectsAskedFor } from '../../src/contract/argument-effects.ts';
import { LucantoError } from '../../src/core/errors.ts';
import type { JsonObject } from '../../src/core/json.ts';
import type { CallContext, Confirmer, Reply, Tool } from '../../src/core/tool.ts';
import { callContext } from './call-context.ts';

export interface GateBench {
  /** Milliseconds since the epoch; what the gate takes for now. */
  now: number;
  readonly invoice: JsonObject;
  /** Another copy of the bridge on the same folder. */
  open(over?: { mode?: 'auto' | 'always' | 'never'; token?: string }): GateCopy;
  /** Names of the tokens that were used, and their modes. */
  spent(): readonly string[];
  remove(): void;
}

interface GateCopy {
  /** What came of it: `go` with the arguments, what was answered, or the code of the error with what it tells. */
  pass(over?: Partial<ConfirmationRequest>, context?: Partial<CallContext>): Promise<Came>;
}

interface Came {
  readonly kind: 'go' | 'answer' | 'refused';
  readonly args?: JsonObject;
  readonly code?: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of any shape.
  readonly told?: any;
}

function toolNamed(name: string, over: Partial<Tool> = {}): Tool {
  const hints = { readOnlyHint: false, destructiveHint: true, idempotentHint: true, openWorldHint: false };
  const title = name.replace('lucanto_', '').replaceAll('_', ' ');
  const inputSchema = { type: 'object', properties: { workspace_id: { type: 'integer' }, id: { type: 'integer' } } };
  return {
    descriptor: { name, title, description: title, inputSchema, annotations: { title, ...hints } },
    validation: inputSchema,
    route: 'rest',
    tier: 'manage',
    resource: 'invoices',
    scopes: [],
    call: async () => ({ content: [] }),
    ...over,
  };
}

export const DELETE = toolNamed('lucanto_delete_invoice', { irreversible: 'deletes' });
export const ISSUE = toolNamed('lucanto_issue_invoice', { irreversible: 'issues' });

export function gateBench(): GateBench {
  const root = mkdtempSync(join(tmpdir(), 'lucanto-confirm-'));
  const folder = join(root, 'writes');
  const invoice: JsonObject = { id: 7, number: 'FAK-7', total: '10.00', currency: 'EUR', customer_name: 'ACME' };
  const get = toolNamed('lucanto_get_invoice', { tier: 'read' });
  const hints = { ...get.descriptor.annotations, readOnlyHint: true };
  const reading = { ...get, descriptor: { ...get.descriptor, annotations: hints } };
  const bench: GateBench = {
    now: 1_800_000_000_000,
    invoice,
    open: ({ mode = 'always', token = 'lct_pat_one' } = {}) => {
      const clock = () => bench.now;
      const gate = new ConfirmationGate({
        mode,
        tokens: new ConfirmationTokens({ folder, origin: 'https://lucanto.test', token, clock }),
        pinned: null,
        clock,
        workspaces: {
          resolve: async ({ workspace_id }) => Number(workspace_id ?? 42),
          list: async () => [{ id: '42', name: 'Firm' }],
        },
        visible: () => [reading],
        read: async () => ({ content: [{ type: 'text', text: JSON.stringify(invoice) }] }),
      });
      return {
        pass: async (over = {}, context = {}) => {
          const call = { tool: DELETE, args: { id: 7 }, allowDuplicate: false, ...over };
          const asked: ConfirmationRequest = { ...call, effects: effectsAskedFor(call.tool, call.args) };
          return came(() => gate.check(asked, callContext({ deadline: bench.now + 20_000, ...context })));
        },
      };
    },
    spent: () => {
      try {
        const path = join(folder, 'confirmed');
        return readdirSync(path).map((name) => `${name} ${(statSync(join(path, name)).mode & 0o777).toString(8)}`);
      } catch {
        return [];
      }
    },
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
  return bench;
}

async function came(pass: () => Promise<Decision | null>): Promise<Came> {
  try {
    const passed = await pass();
    if (passed === null) return { kind: 'go' };
    if (passed.kind === 'go') return { kind: 'go', args: passed.args };
    const [first] = passed.result.content;
    return { kind: 'answer', told: first === undefined ? null : JSON.parse(String(first.text)) };
  } catch (error) {
    if (!(error instanceof LucantoError)) throw error;
    return { kind: 'refused', code: error.code, told: { message: error.message, ...error.details.more } };
  }
}

/** Answers after that many milliseconds of the bench's time. */
export function personAt(bench: GateBench, reply: Reply, ms: number): Confirmer & { readonly asked: string[] } {
  const asked: string[] = [];
  return {
    asked,
    how: 'dialog',
    ask: async ({ message }) => {
      asked.push(message);
      bench.now += ms;
      return reply;
    },
  };
}

/** A client that answers with another call. */
export function rounds(returned?: { readonly state: string; readonly reply: Reply }) {
  const states: string[] = [];
  const human: Confirmer = {
    how: 'rounds',
    ...(returned !== undefined && { returned }),
    ask: async ({ state }: Parameters<Confirmer['ask']>[0]) => {
      states.push(await state());
      return 'later';
    },
  };
  return { human, states };
}
