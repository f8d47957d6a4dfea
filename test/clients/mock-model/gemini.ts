/** Gemini's generateContent, as far as a tool loop needs it. Source: ai.google.dev/api/generate-content */
import { isJsonObject, type JsonObject, stringifyJson } from '../../../src/core/json.ts';
import { type Dialect, type Outcome, objectsIn, type Reply, textIn } from './dialect.ts';

export const gemini: Dialect = {
  takes: (method, path) => method === 'POST' && /:(stream)?generateContent\b/i.test(path),
  read: (body, path) => ({
    offered: objectsIn(body.tools)
      .flatMap(({ functionDeclarations }) => objectsIn(functionDeclarations))
      .map((declared) => ({
        name: textIn(declared.name),
        namespace: null,
        description: textIn(declared.description),
        schema: declared.parametersJsonSchema ?? declared.parameters ?? null,
      })),
    outcomes: objectsIn(body.contents)
      .flatMap(({ parts }) => objectsIn(parts))
      .map(({ functionResponse }) => functionResponse)
      .filter(isJsonObject)
      .map(outcomeOf),
    streaming: path.includes(':streamGenerateContent'),
  }),
  write: (reply, streaming) => {
    const text = stringifyJson(answer(reply));
    return streaming ? `data: ${text}\n\n` : text;
  },
};

function outcomeOf({ id, response }: JsonObject): Outcome {
  const { output, error } = isJsonObject(response) ? response : {};
  return { callId: textIn(id), text: textIn(output) || textIn(error), isError: error !== undefined };
}

function answer(reply: Reply): JsonObject {
  const part =
    'say' in reply
      ? { text: reply.say }
      : { functionCall: { id: reply.callId, name: reply.tool.name, args: reply.args } };
  return {
    candidates: [{ index: 0, content: { role: 'model', parts: [part] }, finishReason: 'STOP' }],
    usageMetadata: { promptTokenCount: 1, candidatesTokenCount: 1, totalTokenCount: 2 },
    modelVersion: 'mock',
    responseId: 'mock',
  };
}
