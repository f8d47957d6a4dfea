/** `call`: calls one tool and prints its result. */
import type { Bridge } from '../../bridge/bridge.ts';
import { alternatives, nearNames } from '../../catalog/arguments/wording.ts';
import { AbortedError, ApiError, EXIT, type LucantoError, UnknownToolError, UsageError } from '../../core/errors.ts';
import { parseJson } from '../../core/json.ts';
import type { CallContext, Tool, ToolResult } from '../../core/tool.ts';
import { readAll, readArguments } from '../call-arguments.ts';
import type { Command, CommandContext, CommandInput } from '../command.ts';
import type { Output } from '../output.ts';
import { InterruptedError, terminalConfirmer } from '../prompt.ts';
import { callContext, refreshBriefly } from '../short-calls.ts';

export const callCommand: Command = {
  name: 'call',
  group: 'Look',
  summary: 'Call one tool and print its result',
  operand: {
    syntax: '<tool>',
    help: 'Name of the tool, as `lucanto-mcp tools` shows it',
    async complete(context) {
      const { settings, env, log, clock } = context;
      const { openBridge } = await import('../../bridge/open-bridge.ts');
      const bridge = await openBridge({ settings, env, log, clock });
      try {
        // The demo remembers nothing, and needs no network to be asked.
        if (settings.demo) await refreshBriefly(bridge, context);
        return bridge.visible().map(({ descriptor }) => ({ value: descriptor.name, about: descriptor.title ?? '' }));
      } finally {
        await bridge.close();
      }
    },
  },
  options: [
    { flags: '--arg <name=value>', help: "One argument, read by the tool's schema; repeatable", repeatable: true },
    { flags: '--args <json>', help: 'All arguments as a JSON object; - reads it from stdin' },
    { flags: '--save-as <type>', help: 'Save the rows as xlsx or csv in the files folder' },
  ],
  examples: [
    'lucanto-mcp call lucanto_list_invoices --arg limit=3',
    `lucanto-mcp call lucanto_create_contact --args '{"name": "Acme s.r.o."}'`,
  ],
  async run(context, input) {
    const { settings, env, log, clock, output } = context;
    const { openBridge } = await import('../../bridge/open-bridge.ts');
    const bridge = await openBridge({ settings, env, log, clock });
    try {
      if (bridge.problem !== null) throw bridge.problem;
      const [name = ''] = input.operands;
      const tool = await findTool(bridge, name, context);
      const given = readArguments(await jsonOf(input, context), input.list('arg'), tool.descriptor.inputSchema);
      const args = withForm(given, input.text('saveAs'), tool);
      output.progress(`${name} …`);
      const delivered: (() => void)[] = [];
      const human = terminalConfirmer(context);
      const { result, error } = await bridge.call(name, args, {
        ...withProgress(name, bridge, context),
        ...(human !== undefined && { human }),
        onDelivered: (callback) => delivered.push(callback),
      });
      if (error instanceof InterruptedError) throw error;
      // Ctrl-C as a signal, while the question was open.
      const isUnsent = error?.code === 'cancelled' && error.details.outcome !== 'unknown';
      if (context.interrupt.aborted && isUnsent) throw new InterruptedError();
      await print(output, tool, result);
      if (await output.taken()) for (const callback of delivered) callback();
      if (result.isError !== true && error === null) return EXIT.done;
      const reported = error === null ? errorFrom(result) : asCommand(error);
      output.error(reported, settings.logLevel === 'debug');
      return context.interrupt.aborted ? EXIT.interrupted : reported.exitCode;
    } finally {
      await bridge.close();
    }
  },
};

/** @throws UsageError */
function withForm(args: Record<string, unknown>, form: string | null, { saveRows, descriptor }: Tool) {
  if (form === null) return args;
  if (form !== 'xlsx' && form !== 'csv') {
    throw new UsageError(`--save-as is ${JSON.stringify(form.slice(0, 40))}, which is not a file type.`, {
      hint: 'Write --save-as xlsx or --save-as csv.',
    });
  }
  if (saveRows !== undefined) return { ...args, save_as: form };
  throw new UsageError(`${descriptor.name} has no rows that could be saved.`, {
    hint: 'Leave --save-as out, or call a tool that lists or totals.',
  });
}

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
  const near = [...new Set([...nearNames(name, names), ...nearNames(`lucanto_${name}`, names)])].slice(0, 3);
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

async function jsonOf(input: CommandInput, { stdio }: CommandContext): Promise<string | null> {
  const json = input.text('args');
  return json === '-' ? readAll(stdio.stdin) : json;
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
async function print(output: Output, tool: Tool, result: ToolResult): Promise<void> {
  const [answer, ...others] = result.content;
  // The bridge's notices stand behind the answer; here they go to stderr.
  const notices = tool.route === 'rest' ? others : [];
  const value = printable(answer === undefined || notices.length === 0 ? result : { ...result, content: [answer] });
  if (!output.isTerminal) output.json(value);
  else if (result.isError !== true) {
    const { printForPeople } = await import('../result-table.ts');
    if (value === result || !printForPeople(output, value)) output.json(value);
  }
  for (const { text } of notices) if (typeof text === 'string') output.note(`Note: ${text}`);
}

/** The JSON that a result consists of; the whole result where it is anything else. */
function printable(result: ToolResult): unknown {
  const [only] = result.content;
  if (result.content.length !== 1 || only?.type !== 'text' || typeof only.text !== 'string') return result;
  try {
    return parseJson(only.text);
  } catch {
    return result;
  }
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
  const value = parseOrNull(text);
  if (typeof value !== 'object' || value === null) return { message: text.slice(0, 500), hint: fallback };
  const message = 'message' in value && typeof value.message === 'string' ? value.message : text.slice(0, 500);
  return { message, hint: 'hint' in value && typeof value.hint === 'string' ? value.hint : fallback };
}

function parseOrNull(text: string): unknown {
  try {
    return parseJson(text);
  } catch {
    return null;
  }
}
