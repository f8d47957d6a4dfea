/**
 * A tool's description: curated words where there are some, else the document's own, short enough for every session.
 */
import { member } from './document.ts';
import { oneLine, withSentence } from './text.ts';
import { WORDS } from './words.ts';

const MAX_DESCRIPTION = 400;

export interface DescriptionInput {
  readonly tool: string;
  readonly operation: unknown;
  readonly title: string;
  /** What a union in the body needs, in words. */
  readonly note: string;
  readonly deprecated: boolean;
}

export function descriptionOf({ tool, operation, title, note, deprecated }: DescriptionInput): string {
  const text = WORDS.get(tool)?.description ?? documented(operation, title);
  const needs = note === '' ? '' : `${note.charAt(0).toUpperCase()}${note.slice(1)}.`;
  return withSentence(deprecated ? `Deprecated. ${text}` : text, needs, MAX_DESCRIPTION);
}

function documented(operation: unknown, title: string): string {
  const summary = textOf(member(operation, 'summary'));
  const description = textOf(member(operation, 'description'));
  if (summary === '' || description.toLowerCase().startsWith(summary.toLowerCase().replace(/\.$/, ''))) {
    return description || `${title}.`;
  }
  const first = /[.!?]$/.test(summary) ? summary : `${summary}.`;
  return description === '' ? first : `${first} ${description}`;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? oneLine(value.slice(0, 4000)) : '';
}
