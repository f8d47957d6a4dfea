/** One call from name and raw arguments to an answer. Whatever happens, an answer comes by the deadline. */
import { type AnswerWish, ownArguments, takeWish } from '../answers/wish.ts';
import { asTyped } from '../config/invocation.ts';
import { AbortedError, ArgumentsError, type LucantoError, toLucantoError, UnknownToolError } from '../errors.ts';
import { isJsonObject } from '../json.ts';
import type { Log } from '../log.ts';
import { ALLOW_DUPLICATE } from '../writes/write.ts';
import { limited } from './answer-limit.ts';
import { coerce, parsedContainer } from './arguments/coerce.ts';
import { withMore } from './arguments/more.ts';
import type { ArgumentChecker } from './arguments.ts';
import type { Selection } from './catalogue.ts';
import { takeConfirmation } from './confirmation-argument.ts';
import { errorResult } from './results.ts';
import type { CallContext, JsonObject, Tool, ToolResult } from './tool.ts';
import type { Workspaces } from './workspaces.ts';

/** An answer, and for the command line's exit code the error it tells of, or why the call was not made. */
export interface Answer {
  readonly result: ToolResult;
  readonly error: LucantoError | null;
}

/** A call on its way to the one who asks a person before what cannot be undone. */
export interface Asked {
  readonly tool: Tool;
  /** Checked. */
  readonly args: JsonObject;
  readonly allowDuplicate: boolean;
  /** What a model brings of a preview. */
  readonly code?: string;
}

/** The arguments to call with; or what is answered in place of the call, which was not made. */
export type Passed = { readonly kind: 'go'; readonly args: JsonObject } | ({ readonly kind: 'answer' } & Answer);

export interface ConfirmGate {
  /** @throws LucantoError where the call is not to be made */
  pass(asked: Asked, context: CallContext): Promise<Passed>;
}

export interface DispatchDeps {
  readonly selection: () => Selection;
  readonly checker: ArgumentChecker;
  readonly workspaces: Workspaces;
  /** @throws LucantoError where there is no token to call with */
  readonly assertReady: () => void;
  readonly gate: ConfirmGate;
  readonly log: Log;
  /** What users type to run this program. */
  readonly command: string;
}

export class Dispatcher {
  readonly #deps: DispatchDeps;

  constructor(deps: DispatchDeps) {
    this.#deps = deps;
  }

  /** @throws UnknownToolError for a tool that does not exist or is hidden; why it is hidden is in the message */
  find(name: string): Tool {
    const { visible, hidden } = this.#deps.selection();
    const tool = visible.find(({ descriptor }) => descriptor.name === name);
    if (tool !== undefined) return tool;
    const why = hidden.find((entry) => entry.tool.descriptor.name === name)?.reason;
    const { command } = this.#deps;
    const reason = why === undefined ? '' : ` (hidden: ${asTyped(why, command)})`;
    throw new UnknownToolError(`Unknown tool: ${name}${reason}`, {
      hint: `Run \`${command} tools --all\` to see every tool and why some are hidden.`,
    });
  }

  /** @throws UnknownToolError */
  async call(name: string, args: unknown, context: CallContext): Promise<Answer> {
    const tool = this.find(name);
    const started = Date.now();
    try {
      const { result, error } = await withinDeadline(tool, context, () => this.#run(tool, args, context));
      this.#deps.log.debug(`${name}: ${result.isError ? 'error answer' : 'answered'} in ${Date.now() - started} ms`);
      return { result: context.answer === undefined ? result : limited(tool, result), error };
    } catch (thrown) {
      const error = toLucantoError(thrown);
      this.#deps.log.debug(
        `${name}: ${error.code} in ${Date.now() - started} ms${error.code === 'internal_error' ? `\n${error.stack}` : ''}`,
      );
      return { result: errorResult(error, this.#deps.command), error };
    }
  }

  async #run(tool: Tool, args: unknown, context: CallContext): Promise<Answer> {
    this.#deps.assertReady();
    const { args: asked, wish } = withoutWish(tool, unfolded(tool, args), context);
    const { args: rest, allowDuplicate } = withoutAllowDuplicate(tool, asked);
    const { args: own, code } = takeConfirmation(tool, rest);
    const checked = await this.#check(tool, own);
    const call = { tool, args: checked, allowDuplicate, ...(code !== undefined && { code }) };
    const passed = tool.lasting === undefined ? null : await this.#deps.gate.pass(call, context);
    if (passed?.kind === 'answer') return passed;
    const result = await tool.call(passed?.args ?? checked, {
      ...context,
      ...(wish !== undefined && { answer: wish }),
      ...(allowDuplicate && { allowDuplicate }),
    });
    return { result, error: null };
  }

  async #check(tool: Tool, args: unknown): Promise<JsonObject> {
    const { workspaces, checker } = this.#deps;
    const own =
      typeof args === 'object' && args !== null && !Array.isArray(args) ? workspaces.withoutPinned({ ...args }) : args;
    return checker.check(tool, own);
  }
}

/** A list that is told in few words may have named arguments of ours among those in `more`. */
function unfolded(tool: Tool, args: unknown): unknown {
  const given = typeof args === 'string' ? parsedContainer(args) : args;
  return isJsonObject(given) ? withMore(given, tool) : args;
}

/** What the call says about its answer, which no backend takes for an argument. */
function withoutWish(tool: Tool, args: unknown, context: CallContext): { args: unknown; wish?: AnswerWish } {
  const isWished = tool.route === 'rest' && tool.descriptor.annotations.readOnlyHint;
  const own = ownArguments(tool.descriptor.inputSchema, tool.validation, isWished);
  const given = typeof args === 'string' ? parsedContainer(args) : (args ?? {});
  if (isJsonObject(given)) return takeWish(given, own, context.answer);
  return { args, ...(context.answer !== undefined && { wish: context.answer }) };
}

/** The ledger's own argument: every write takes it, none has it in its schema's way, and it is never sent. */
function withoutAllowDuplicate(tool: Tool, args: unknown): { args: unknown; allowDuplicate: boolean } {
  const { properties } = tool.validation;
  const isOurs =
    !tool.descriptor.annotations.readOnlyHint &&
    !(isJsonObject(properties) && Object.hasOwn(properties, ALLOW_DUPLICATE));
  const given = typeof args === 'string' ? parsedContainer(args) : args;
  if (!isOurs || !isJsonObject(given) || !Object.hasOwn(given, ALLOW_DUPLICATE)) return { args, allowDuplicate: false };
  const { [ALLOW_DUPLICATE]: value, ...rest } = given;
  const allowDuplicate = coerce(value, { type: 'boolean' });
  if (typeof allowDuplicate === 'boolean' || allowDuplicate === null)
    return { args: rest, allowDuplicate: allowDuplicate === true };
  throw new ArgumentsError(`${ALLOW_DUPLICATE} of ${tool.descriptor.name} must be true or false.`, {
    hint: 'Nothing was sent. Leave it out, unless the user wants another one like one that was just created.',
  });
}

/** The backends end by themselves; this is what holds should one of them not. */
async function withinDeadline<T>(tool: Tool, context: CallContext, run: () => Promise<T>): Promise<T> {
  const { signal } = context;
  let stop: (() => void) | undefined;
  const ended = new Promise<never>((_resolve, reject) => {
    // One turn later than the backend's own answer to the same abort, which knows what was sent.
    stop = () => setTimeout(() => reject(aborted(tool, signal)), GRACE_MS);
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  });
  try {
    return await Promise.race([run(), ended]);
  } finally {
    if (stop !== undefined) signal.removeEventListener('abort', stop);
  }
}

const GRACE_MS = 250;

function aborted(tool: Tool, signal: AbortSignal): AbortedError {
  const timedOut = signal.reason instanceof DOMException && signal.reason.name === 'TimeoutError';
  const read = tool.tier === 'read';
  return new AbortedError(
    timedOut ? 'timeout' : 'cancelled',
    `${tool.descriptor.name} ${timedOut ? 'was not answered in time' : 'was cancelled'}${read ? '' : '; whether it took effect is not known'}`,
    {
      hint: read
        ? 'Call it again, with a narrower request if it was a long list.'
        : 'Check the record with its get or list tool before you repeat the call.',
      ...(!read && { details: { outcome: 'unknown' } }),
    },
  );
}
