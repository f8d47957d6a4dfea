/** What is to be read in the messages between a host and the bridge. */
import { isJsonObject, type JsonObject } from '../../src/core/json.ts';
import type { WireMessage } from './installed-bridge.ts';
import { objectsIn, textIn } from './mock-model/dialect.ts';

export type Wire = readonly WireMessage[];

/** A call of a tool, with the bridge's answer. */
export interface WireCall {
  readonly tool: string;
  readonly args: unknown;
  /** Null where none was given. */
  readonly result: JsonObject | null;
  readonly texts: readonly string[];
}

export function callsIn(wires: readonly Wire[]): readonly WireCall[] {
  return wires.flatMap((wire) =>
    requestsIn(wire, 'tools/call').map(({ id, params }) => {
      const result = resultOf(wire, id);
      const { name, arguments: args } = isJsonObject(params) ? params : {};
      return { tool: textIn(name), args, result, texts: objectsIn(result?.content).map(({ text }) => textIn(text)) };
    }),
  );
}

/** As the last `tools/list` answered. */
export function toolsIn(wires: readonly Wire[]): readonly JsonObject[] {
  const lists = wires.flatMap((wire) =>
    requestsIn(wire, 'tools/list').map(({ id }) => objectsIn(resultOf(wire, id)?.tools)),
  );
  return lists.at(-1) ?? [];
}

/** JSON-RPC errors that the bridge answered with, each as its message. */
export function errorsIn(wires: readonly Wire[]): readonly string[] {
  return wires
    .flat()
    .filter(({ from, message }) => from === 'bridge' && message.error !== undefined)
    .map(({ message }) => JSON.stringify(message.error));
}

/** How the host answered each question that the bridge put to its user (accept, decline or cancel), in both protocol families. */
export function dialogAnswers(wires: readonly Wire[]): readonly string[] {
  return wires.flatMap((wire) => {
    const questions = wire.filter(({ from, message }) => from === 'bridge' && message.method === 'elicitation/create');
    const isAnswer = (id: unknown) => (entry: WireMessage) =>
      entry.from === 'host' && entry.message.id === id && !('method' in entry.message);
    const direct = questions.map(({ message: { id } }) => wire.find(isAnswer(id))?.message.result);
    const onRepetition = requestsIn(wire, 'tools/call').flatMap(({ params }) => {
      const given = isJsonObject(params) && isJsonObject(params.inputResponses) ? params.inputResponses : {};
      return Object.values(given);
    });
    return [...direct, ...onRepetition].map((answer) => (isJsonObject(answer) ? textIn(answer.action) : 'no answer'));
  });
}

function requestsIn(wire: Wire, method: string): readonly JsonObject[] {
  return wire.filter(({ from, message }) => from === 'host' && message.method === method).map(({ message }) => message);
}

function resultOf(wire: Wire, id: unknown): JsonObject | null {
  const answer = wire.find(({ from, message }) => from === 'bridge' && message.id === id && 'result' in message);
  return answer !== undefined && isJsonObject(answer.message.result) ? answer.message.result : null;
}
