import type { Bridge } from '../bridge/bridge.ts';
import { AbortedError, ApiError, EXIT, type ExitCode, InterruptedError, type LucantoError } from '../core/errors.ts';
import { isJsonObject, objectIn, tryParseJson } from '../core/json.ts';
import { MOST_CHARS } from '../core/results.ts';
import type { CallContext, Tool, ToolResult } from '../core/tool.ts';
import { givenArguments } from './call-arguments.ts';
import type { Candidate, CommandContext, CommandInput } from './command.ts';
import { terminalConfirmer } from './prompt.ts';
import { printForPeople } from './result-table.ts';
import { callContext, calledTool, refreshBriefly, withBridge } from './short-calls.ts';

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
    const tool = await calledTool(bridge, name, context);
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
  const { message, hint } = objectIn(tryParseJson(text));
  return new ApiError('tool_error', typeof message === 'string' ? message : text.slice(0, 500), {
    hint: typeof hint === 'string' ? hint : 'Correct the arguments and run the command again.',
  });
}
