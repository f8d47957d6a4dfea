/** Anthropic's Messages API, as far as a tool loop needs it. Source: platform.claude.com/docs/en/api/messages-streaming */
import { type JsonObject, stringifyJson } from '../../../src/core/json.ts';
import { type Dialect, type Outcome, objectsIn, type Reply, textIn } from './dialect.ts';

export const anthropic: Dialect = {
  takes: (method, path) => method === 'POST' && path.split('?')[0] === '/v1/messages',
  read: (body) => ({
    offered: objectsIn(body.tools).map((tool) => ({
      name: textIn(tool.name),
      namespace: null,
      description: textIn(tool.description),
      schema: tool.input_schema ?? null,
    })),
    outcomes: objectsIn(body.messages)
      .flatMap(({ content }) => objectsIn(content))
      .filter(({ type }) => type === 'tool_result')
      .map(outcomeOf),
    streaming: body.stream === true,
  }),
  write: (reply, streaming) =>
    streaming ? events(reply) : stringifyJson({ ...message(reply), content: [block(reply)] }),
};

function outcomeOf({ tool_use_id, content, is_error }: JsonObject): Outcome {
  const text = typeof content === 'string' ? content : objectsIn(content).map(textOfBlock).join('\n');
  return { callId: textIn(tool_use_id), text, isError: is_error === true };
}

function textOfBlock(part: JsonObject): string {
  return textIn(part.text) || textIn(part.tool_name);
}

function message(reply: Reply): JsonObject {
  return {
    id: 'msg_mock',
    type: 'message',
    role: 'assistant',
    model: 'mock',
    stop_reason: stopReason(reply),
    stop_sequence: null,
    usage: { input_tokens: 1, output_tokens: 1 },
  };
}

function stopReason(reply: Reply): string {
  return 'say' in reply ? 'end_turn' : 'tool_use';
}

function block(reply: Reply): JsonObject {
  if ('say' in reply) return { type: 'text', text: reply.say };
  return { type: 'tool_use', id: reply.callId, name: reply.tool.name, input: reply.args };
}

function events(reply: Reply): string {
  const start = block(reply);
  const delta =
    'say' in reply
      ? { type: 'text_delta', text: reply.say }
      : { type: 'input_json_delta', partial_json: stringifyJson(reply.args) };
  return [
    { type: 'message_start', message: { ...message(reply), stop_reason: null, content: [] } },
    {
      type: 'content_block_start',
      index: 0,
      content_block: 'say' in reply ? { ...start, text: '' } : { ...start, input: {} },
    },
    { type: 'content_block_delta', index: 0, delta },
    { type: 'content_block_stop', index: 0 },
    {
      type: 'message_delta',
      delta: { stop_reason: stopReason(reply), stop_sequence: null },
      usage: { output_tokens: 1 },
    },
    { type: 'message_stop' },
  ]
    .map((event) => `event: ${event.type}\ndata: ${stringifyJson(event)}\n\n`)
    .join('');
}
