/** A value that the service gave, as the content of a result: by fields, bounded, always JSON. */
import type { AnswerField } from '../contract/operation.ts';
import { type JsonObject, parseJson } from '../json.ts';
import { listText, pageOf } from './list.ts';
import { fittedText, recordText } from './record.ts';
import type { AnswerWish } from './wish.ts';

export interface AnswerSource {
  readonly wish: AnswerWish;
  /** Of the record, or of each row. */
  readonly contract: readonly AnswerField[];
  readonly isList: boolean;
  /** Asks for the same page with fewer rows; null where the service gives lists whole. @throws LucantoError */
  readonly again: ((limit: number) => Promise<unknown>) | null;
  /** Not the first page of a list. */
  readonly isContinued: boolean;
}

export async function answerContent(value: unknown, source: AnswerSource): Promise<readonly JsonObject[]> {
  const page = pageOf(value, source.isList);
  if (page === null) return [block(recordText(value, source.wish, source.contract))];
  const { text, remark } = await listText(page, source);
  return remark === null ? [block(text)] : [block(text), block(remark)];
}

/** The content of a write's answer: whatever it lacks, it says that the write was carried out. */
export function writtenContent(content: readonly JsonObject[], maxChars: number): readonly JsonObject[] {
  const [first, ...notes] = content;
  if (first === undefined || typeof first.text !== 'string') return content;
  const room = maxChars - notes.reduce((sum, { text }) => sum + (typeof text === 'string' ? text.length : 0), 0);
  if (first.text.length <= room) return content;
  return [block(fittedText(parseJson(first.text), { maxChars: room, carriedOut: true }, {})), ...notes];
}

function block(text: string): JsonObject {
  return { type: 'text', text };
}
