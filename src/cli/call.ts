import type { Bridge } from '../bridge/bridge.ts';
import { alternatives, nearNames } from '../catalog/arguments/wording.ts';
import {
  AbortedError,
  ApiError,
  EXIT,
  type ExitCode,
  InterruptedError,
  type LucantoError,
  UnknownToolError,
} from '../core/errors.ts';
import { isJsonObject, objectIn, tryParseJson } from '../core/json.ts';
import { MOST_CHARS } from '../core/results.ts';
import type { CallContext, Tool, ToolResult } from '../core/tool.ts';
import { givenArguments } from './call-arguments.ts';
import type { Candidate, CommandContext, CommandInput } from './command.ts';
import { terminalConfirmer } from './prompt.ts';
import { printForPeople } from './result-table.ts';
import { callContext, refreshBriefly, withBridge } from './short-calls.ts';

/** `call`: calls one tool and prints its result. */

export function toolNames(context: CommandContext): Promise<readonly Candidate[]> {
  return withBridge(context, async (bridge) => {
    // The demo remembers nothing, and needs no network to be asked.
    if (context.settings.demo) await refreshBriefly(bridge, context);
    return bridge.visible().map(({ descriptor }) => ({ value: descriptor.name, about: descriptor.title ?? '' }));
  });
}

export function runCall(context: CommandContext, input: CommandInput): Promise<ExitCode> {
  const { settings, output } = context;
  return withBridge(context, async (bridge) => {
    if (bridge.problem !== null) throw bridge.problem;
    const [name = ''] = input.operands;
    const tool = await findTool(bridge, name, context);
    const args = await givenArguments(input, context.stdio.stdin, tool);
    output.progress(`${name} …`);
    const delivered: (() => void)[] = [];
    const human = terminalConfirmer(context);
    const { result, error } = await bridge.run(tool, args, {
      ...withProgress(name, bridge, context),
      // A person gets the columns that tell rows apart, customers by name; a program gets everything.
      ...(output.isTerminal && tool.route === 'rest' && tool.saveRows !== undefined && { answer: FOR_PEOPLE }),
      ...(human !== undefined && { human }),
      onDelivered: (callback) => delivered.push(callback),
    });
    if (error instanceof InterruptedError) throw error;
    // Ctrl-C as a signal, while the question was open.
    const isUnsent = error?.code === 'cancelled' && error.details.outcome !== 'unknown';
    if (context.interrupt.aborted && isUnsent) throw new InterruptedError();
    await print(context, tool, result);
    if (await output.taken()) for (const callback of delivered) callback();
    if (result.isError !== true && error === null) return EXIT.done;
    const reported = error === null ? errorFrom(result) : asCommand(error);
    output.error(reported, settings.logLevel === 'debug');
    return context.interrupt.aborted ? EXIT.interrupted : reported.exitCode;
  });
}

const FOR_PEOPLE = { fields: null, maxChars: MOST_CHARS, from: 0 } as const;

/** A tool that is not known may be new, or its token's tools may never have been asked for. */
async function findTool(bridge: Bridge, name: string, context: CommandContext): Promise<Tool> {
  const find = () => bridge.visible().find((tool) => tool.descriptor.name === name);
  const neverAsked =
    bridge.catalogue.remoteState().source === 'never' || bridge.catalogue.contractState().source === 'bundled';
  const known = neverAsked ? undefined : find();
  if (known !== undefined) return known;
  const notes = await refreshBriefly(bridge, context);
  const found = find();
  if (found !== undefined) return found;
  for (const note of notes) context.output.note(`note: ${note}`);
  throw unknownTool(bridge, name);
}

function unknownTool(bridge: Bridge, name: string): UnknownToolError {
  const names = bridge.visible().map((tool) => tool.descriptor.name);
  const full = `lucanto_${name}`;
  const like = names.includes(full) ? [full] : [...nearNames(name, names), ...nearNames(full, names)];
  const near = [...new Set(like)].slice(0, 3);
  try {
    bridge.find(name);
  } catch (error) {
    if (!(error instanceof UnknownToolError)) throw error;
    const hidden = bridge.catalogue.hidden().some(({ tool }) => tool.descriptor.name === name);
    // A hint that names the right tool is better than names that are like it.
    const isNamed = names.some((one) => error.hint.includes(one));
    if (hidden || isNamed || near.length === 0) return error;
    return new UnknownToolError(error.message, { hint: `Did you mean ${alternatives(near)}? ${error.hint}` });
  }
  return new UnknownToolError(`Unknown tool: ${name}`, { hint: 'Run `lucanto-mcp tools` to see every tool.' });
}

function withProgress(name: string, bridge: Bridge, context: CommandContext): CallContext {
  return {
    ...callContext(bridge, context),
    onProgress: ({ progress, total, message }) => {
      const share = total === undefined ? String(progress) : `${progress}/${total}`;
      context.output.progress(`${name} … ${message ?? share}`);
    },
  };
}

/** JSON in a pipe; at a terminal a table or lines, and for an error nothing, since its sentence follows. */
async function print({ output, settings }: CommandContext, tool: Tool, result: ToolResult): Promise<void> {
  const [answer, ...others] = result.content;
  // The bridge's notices stand behind the answer; here they go to stderr.
  const notices = tool.route === 'rest' ? others : [];
  const value = printable(answer === undefined || notices.length === 0 ? result : { ...result, content: [answer] });
  if (!output.isTerminal) output.json(value);
  else if (result.isError !== true) {
    // What is beside a bare list is an answer of its own.
    const beside = Array.isArray(value) ? notices.map(({ text }) => objectIn(tryParseJson(String(text)))) : [];
    const whole = beside.length === 0 ? value : Object.assign({ data: value }, ...beside);
    if (value === result || !printForPeople(output, whole, tool.route === 'local', settings.machine))
      output.json(value);
  }
  for (const { text } of notices) {
    if (typeof text === 'string' && !(output.isTerminal && isJsonObject(tryParseJson(text))))
      output.note(`Note: ${text}`);
  }
}

/** The JSON that a result consists of; the whole result where it is anything else. */
function printable(result: ToolResult): unknown {
  const [only] = result.content;
  if (result.content.length !== 1 || only?.type !== 'text' || typeof only.text !== 'string') return result;
  const value = tryParseJson(only.text);
  return value === undefined ? result : value;
}

/** A preview speaks to a model; here a person typed the command. */
function asCommand(error: LucantoError): LucantoError {
  if (!error.code.startsWith('confirmation_')) return error;
  return new AbortedError(error.code, error.message, {
    hint: 'Read the preview; then run the same command again with --arg confirmation=<its code>, or with --confirm never.',
  });
}

/** An error that the remote endpoint worded itself. */
function errorFrom(result: ToolResult): LucantoError {
  const [first] = result.content;
  const text = typeof first?.text === 'string' ? first.text : 'The tool answered with an error and no text.';
  const { message, hint } = sentenceOf(text);
  return new ApiError('tool_error', message, { hint });
}

function sentenceOf(text: string): { message: string; hint: string } {
  const fallback = 'Correct the arguments and run the command again.';
  const value = tryParseJson(text);
  const { message = null, hint = null } = objectIn(value);
  return {
    message: typeof message === 'string' ? message : text.slice(0, 500),
    hint: typeof hint === 'string' ? hint : fallback,
  };
}
