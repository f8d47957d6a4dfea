/** OpenAI's Responses API, as far as a tool loop needs it. Source: platform.openai.com/docs/api-reference/responses-streaming */
import { type JsonObject, stringifyJson } from '../../../src/core/json.ts';
import { type Dialect, type OfferedTool, type Outcome, objectsIn, type Reply, textIn } from './dialect.ts';

export const openai: Dialect = {
  takes: (method, path) => method === 'POST' && path.split('?')[0] === '/v1/responses',
  read: (body) => ({
    offered: objectsIn(body.tools).flatMap((tool) =>
      tool.type === 'namespace'
        ? objectsIn(tool.tools).map((inner) => offeredTool(inner, textIn(tool.name)))
        : [offeredTool(tool, null)],
    ),
    outcomes: objectsIn(body.input)
      .filter(({ type }) => type === 'function_call_output')
      .map(outcomeOf),
    streaming: body.stream === true,
  }),
  write: (reply, streaming) => (streaming ? events(reply) : stringifyJson(response(reply))),
};

function offeredTool(tool: JsonObject, namespace: string | null): OfferedTool {
  return {
    name: textIn(tool.name),
    namespace,
    description: textIn(tool.description),
    schema: tool.parameters ?? null,
  };
}

function outcomeOf({ call_id, output }: JsonObject): Outcome {
  const text =
    typeof output === 'string'
      ? output
      : objectsIn(output)
          .map((part) => textIn(part.text))
          .join('\n');
  return { callId: textIn(call_id), text, isError: null };
}

function item(reply: Reply): JsonObject {
  if ('say' in reply) {
    const content = [{ type: 'output_text', text: reply.say, annotations: [] }];
    return { type: 'message', id: 'msg_mock', role: 'assistant', status: 'completed', content };
  }
  const { callId, tool, args } = reply;
  return {
    type: 'function_call',
    id: `fc_${callId}`,
    call_id: callId,
    name: tool.name,
    ...(tool.namespace !== null && { namespace: tool.namespace }),
    arguments: stringifyJson(args),
    status: 'completed',
  };
}

function response(reply: Reply): JsonObject {
  return {
    id: 'resp_mock',
    object: 'response',
    status: 'completed',
    output: [item(reply)],
    usage: {
      input_tokens: 1,
      input_tokens_details: { cached_tokens: 0 },
      output_tokens: 1,
      output_tokens_details: { reasoning_tokens: 0 },
      total_tokens: 2,
    },
  };
}

function events(reply: Reply): string {
  return [
    { type: 'response.created', response: { id: 'resp_mock', object: 'response', status: 'in_progress', output: [] } },
    { type: 'response.output_item.added', output_index: 0, item: item(reply) },
    { type: 'response.output_item.done', output_index: 0, item: item(reply) },
    { type: 'response.completed', response: response(reply) },
  ]
    .map((event) => `event: ${event.type}\ndata: ${stringifyJson(event)}\n\n`)
    .join('');
}
