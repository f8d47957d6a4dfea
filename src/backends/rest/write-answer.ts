import type { Operation } from '../../contract/operation.ts';
import { saysItFailed } from '../../contract/success.ts';
import { ProtocolError, unknownOutcome } from '../../core/errors.ts';
import { isJsonObject, type JsonObject, parseJson, tryParseJson, withoutNulls } from '../../core/json.ts';
import { textBlock } from '../../core/results.ts';
import { answerDetails } from '../../http/api-error.ts';
import type { HttpAnswer } from '../../http/request.ts';
import type { WriteResult } from '../../writes/write-record.ts';
import { partialFailure } from '../batch-answer.ts';
import { ownIds, recordNames, saidOfAct } from '../send-context.ts';
import { answerValue, emptyAnswer, refuseAnother } from './rest-answer.ts';

/** What the answer to a write becomes: a result where it is done, in its own words too, and otherwise an error. */

/**
 * A 2xx answer to a write as a tool result: compact JSON text. No structuredContent, on purpose: hosts that get both show
 * the model only one of the two, some the one and some the other, and 64-bit ids are exact in text alone.
 * @param listTool the read tool that shows whether the write was carried out
 * @param earlier ISO 8601, when an identical call was made whose outcome is unknown; else null
 * @throws ProtocolError as `answerValue` does
 */
export function written(
  answer: HttpAnswer,
  operation: Operation,
  listTool: string | null,
  args: JsonObject,
  earlier: string | null,
): WriteResult {
  const isWhole = refusePartial(answer, operation, args, listTool, false);
  const isDone = saysItIsDone(answer, operation, args, listTool) || isWhole;
  const said = isDone ? withoutNulls(parseJson(answer.text)) : answerValue(answer, operation, listTool);
  const isAccepted = answer.status === 202;
  if (OF_ITSELF.test(operation.action) && !isAccepted) refuseAnother(answer, said, operation, args, listTool);
  const value = answer.text.trim() === '' && !isAccepted ? { ...Object(said), ...deletedBy(operation, args) } : said;
  const isReplay = answer.headers.get('idempotent-replayed')?.toLowerCase() === 'true';
  const how = listTool === null ? '' : `: ${listTool} shows whether it was done`;
  const accepted = `The service accepted this (202), and does not say that it is finished${how}.`;
  const notes = [isReplay ? replayNote(answer, earlier) : [], isAccepted ? accepted : []].flat();
  return {
    result: { content: [textBlock(value), ...notes.map((text) => ({ type: 'text', text }))] },
    replayed: isReplay,
    refused: false,
    status: answer.status,
    requestId: answer.requestId,
    ...recordNames(value, args),
  };
}

/** What a delete was about, which an empty answer does not say. */
function deletedBy({ action, tool, parameters, workspace }: Operation, args: JsonObject): JsonObject {
  const own = parameters.filter(({ in: place, name }) => place === 'path' && name !== workspace).at(-1);
  const id = own === undefined ? undefined : args[own.arg];
  if (action !== 'delete' || id === undefined) return {};
  return { deleted: { type: tool.replace(/^lucanto_[a-z]+_/, ''), id } };
}

/** What is done to the record itself; of other acts (`duplicate`, `convert`, `accept`) a new one may come. */
const OF_ITSELF =
  /^(update|delete|issue|finali[sz]e|expose|close|reopen|(un)?archive|restore|approve|reject|(un)?lock|pause|resume|(de)?activate|enable|disable|(un)?mark_\w+)$/;

/**
 * Whether an answer says so in words that its contract does not describe: `{"archived": true}`, or the record that the
 * call names, inside of something else. What is created has to show itself.
 * @throws ProtocolError where it says that it was not done: `sent: false`
 */
function saysItIsDone(answer: HttpAnswer, operation: Operation, args: JsonObject, listTool: string | null): boolean {
  const value = tryParseJson(answer.text);
  const said = saidOfAct(value, operation.action, args);
  if (said === false) {
    const what = `The answer to ${operation.tool} (${answer.status}) says that it was not done.`;
    const details = { ...answerDetails(answer), more: { answer: answer.text.slice(0, 500) } };
    throw new ProtocolError('unexpected_answer', what, unknownOutcome(listTool, { details }));
  }
  const { action, method, success } = operation;
  if (!isJsonObject(value) || action === 'create' || method === 'DELETE' || saysItFailed(value, success)) return false;
  const isDescribed = [...(success?.required ?? []), ...(success?.optional ?? [])].length > 0;
  const own = ownIds(operation, args).at(-1);
  const inner = Object.values(value).filter(isJsonObject);
  return (said === true && !isDescribed) || inner.some(({ id }) => own !== undefined && String(id) === String(own));
}

/** A record that is gone when it is deleted again counts as deleted. */
export function alreadyDeleted(answer: HttpAnswer, args: JsonObject, earlier: string | null): WriteResult {
  const value = { ...emptyAnswer(answer), ok: true, already_deleted: true };
  const when = earlier === null ? 'An earlier attempt of this call' : `The same call of ${earlier}`;
  const text = `${when} may have deleted the record, and the service no longer has it: this counts as done.`;
  return {
    result: { content: [textBlock(value), { type: 'text', text }] },
    replayed: false,
    refused: false,
    status: answer.status,
    requestId: answer.requestId,
    ...recordNames(null, args),
  };
}

/**
 * @returns whether every part is done, in the answer's own words. @param isRefusal by its status
 * @throws LucantoError where the answer says that a part of the write was not carried out
 */
export function refusePartial(
  answer: HttpAnswer,
  operation: Operation,
  args: JsonObject,
  listTool: string | null,
  isRefusal: boolean,
): boolean {
  const { status, text } = answer;
  const details = answerDetails(answer);
  const value = tryParseJson(text);
  const problem = partialFailure([value], { tool: operation.tool, args, isRefusal, details });
  if (problem === null || problem === 'done') return problem === 'done' && !saysItFailed(value);
  if (problem !== 'unclear') throw problem;
  const what = `The answer to ${operation.tool} (${status}) reports failures, and does not say what was done.`;
  const said = { ...details, more: { answer: text.slice(0, 500) } };
  throw new ProtocolError('unexpected_answer', what, unknownOutcome(listTool, { details: said }));
}

function replayNote(answer: HttpAnswer, earlier: string | null): string {
  const original = answer.headers.get('x-original-request-id');
  const id = original === null ? '' : ` (original request id ${original})`;
  const who = earlier === null ? 'An earlier attempt of this call' : `The same call of ${earlier}`;
  return `${who} had done this already${id}: this is the service's stored answer, nothing was done twice.`;
}
