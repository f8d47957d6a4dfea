import { answerArgumentsOf, parseAnswerOptions } from '../answers/answer-options.ts';
import { type ArgumentChecker, withMore } from '../catalog/arguments/argument-checker.ts';
import { coerce, parsedContainer } from '../catalog/arguments/coerce.ts';
import { takeConfirmation } from '../catalog/arguments/own-arguments.ts';
import type { Selection } from '../catalog/catalogue-snapshot.ts';
import type { Workspaces } from '../catalog/workspaces.ts';
import type { ConfirmGate } from '../confirm/gate.ts';
import { asTyped } from '../core/command-name.ts';
import { AbortedError, ArgumentsError, toLucantoError, UnknownToolError } from '../core/errors.ts';
import { isJsonObject, type JsonObject, parseJson, stringifyJson } from '../core/json.ts';
import type { Log } from '../core/log.ts';
import { errorResult, MOST_BYTES, MOST_CHARS, shortened, USUAL_CHARS } from '../core/results.ts';
import type { AnswerOptions, CallAnswer, CallContext, Tool, ToolResult } from '../core/tool.ts';
import { ALLOW_DUPLICATE } from '../writes/write.ts';

/**
 * The last look at a result before a client gets it. Results of the remote endpoint pass unchanged; one that no host
 * would take whole is replaced by what a model can act on. Nothing is ever cut in the middle.
 */
export function limited(tool: Tool, result: ToolResult): ToolResult {
  if (result.isError === true) return errorWithin(result);
  const size = sizeOf(result);
  if (size.chars <= MOST_CHARS && size.bytes <= MOST_BYTES) return result;
  const isRead = tool.descriptor.annotations.readOnlyHint;
  return isRead ? tooLong(tool, size) : carriedOut(tool, size, result);
}

interface Size {
  /** What a model would be shown: the text, or the structured content, whichever is longer. */
  readonly chars: number;
  readonly bytes: number;
}

function sizeOf({ content, structuredContent }: ToolResult): Size {
  const text = content.reduce((sum, block) => sum + (textOf(block)?.length ?? 0), 0);
  const structured = structuredContent === undefined ? '' : stringifyJson(structuredContent);
  const bytes = Buffer.byteLength(stringifyJson(content)) + Buffer.byteLength(structured);
  return { chars: Math.max(text, structured.length), bytes };
}

function textOf(block: JsonObject): string | null {
  if (typeof block.text === 'string') return block.text;
  const { resource } = block;
  return isJsonObject(resource) && typeof resource.text === 'string' ? resource.text : null;
}

function tooLong(tool: Tool, size: Size): ToolResult {
  const { name, inputSchema } = tool.descriptor;
  const required = Array.isArray(inputSchema.required) ? inputSchema.required : [];
  const all = isJsonObject(inputSchema.properties) ? Object.keys(inputSchema.properties) : [];
  const narrowing = all.filter((argument) => !required.includes(argument)).slice(0, 20);
  const message = `The answer of ${name} is too long to be passed on: ${inWords(size)}.`;
  const hint =
    narrowing.length === 0
      ? 'Look at this in the Lucanto app, or ask for a smaller part of it with another tool.'
      : `Ask for less; these arguments may narrow it: ${narrowing.join(', ')}.`;
  return { isError: true, content: [block({ error: 'answer_too_long', message, hint })] };
}

/** No error: what was asked for is done, and must not be done again. */
function carriedOut(tool: Tool, size: Size, { structuredContent, content }: ToolResult): ToolResult {
  const [first] = content;
  const value = structuredContent ?? parsed(first === undefined ? null : textOf(first));
  const names = isJsonObject(value) ? Object.entries(value).filter(([name, of]) => isName(name, of)) : [];
  const hint = `${tool.descriptor.name} was carried out; do not repeat it. Its answer is too long to be passed on: ${inWords(size)}. Read the record with its get tool.`;
  return { content: [block({ ok: true, ...Object.fromEntries(names), hint })] };
}

function isName(name: string, value: unknown): boolean {
  const isShort = typeof value === 'number' || typeof value === 'bigint' || String(value).length <= 100;
  return ['id', 'number', 'status'].includes(name) && !isJsonObject(value) && !Array.isArray(value) && isShort;
}

/** Errors have no structured content, whoever worded them, and are short. */
function errorWithin({ structuredContent: _none, ...result }: ToolResult): ToolResult {
  const size = sizeOf(result);
  if (size.chars <= USUAL_CHARS && size.bytes <= MOST_BYTES) return result;
  const texts = result.content.map(textOf).filter((text) => text !== null);
  const told = parsed(texts[0] ?? null);
  const error = isJsonObject(told) ? told : { error: 'tool_error', message: texts.join('\n') };
  return { ...result, content: [block(shortened(error, USUAL_CHARS))] };
}

function inWords({ chars, bytes }: Size): string {
  return chars > MOST_CHARS
    ? `${chars} characters, where ${MOST_CHARS} are the most`
    : `${bytes} bytes, where ${MOST_BYTES} are the most`;
}

function parsed(text: string | null): unknown {
  try {
    return text === null ? null : parseJson(text);
  } catch {
    return null;
  }
}

function block(value: JsonObject): JsonObject {
  return { type: 'text', text: stringifyJson(value) };
}

interface DispatchDeps {
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
  async call(name: string, args: unknown, context: CallContext): Promise<CallAnswer> {
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

  async #run(tool: Tool, args: unknown, context: CallContext): Promise<CallAnswer> {
    this.#deps.assertReady();
    const { args: asked, wish } = withoutWish(tool, unfolded(tool, args), context);
    const { args: rest, allowDuplicate } = withoutAllowDuplicate(tool, asked);
    const { args: own, code } = takeConfirmation(tool, rest);
    const checked = await this.#check(tool, own);
    const call = { tool, args: checked, allowDuplicate, ...(code !== undefined && { code }) };
    const passed = tool.irreversible === undefined ? null : await this.#deps.gate.pass(call, context);
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
function withoutWish(tool: Tool, args: unknown, context: CallContext): { args: unknown; wish?: AnswerOptions } {
  const isReadOverRest = tool.route === 'rest' && tool.descriptor.annotations.readOnlyHint;
  const own = answerArgumentsOf(tool.descriptor.inputSchema, tool.validation, isReadOverRest);
  const given = typeof args === 'string' ? parsedContainer(args) : (args ?? {});
  if (isJsonObject(given)) return parseAnswerOptions(given, own, context.answer);
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
