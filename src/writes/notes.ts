/** What an answer says beside itself. The first item stays pure JSON. */
import type { ToolResult } from '../catalog/tool.ts';
import type { WriteCall } from './write.ts';

export function withNote(result: ToolResult, text: string): ToolResult {
  return { ...result, content: [...result.content, { type: 'text', text }] };
}

export function twinNote({ tool, create }: WriteCall): string {
  const another = create ? ` To create another one, call ${tool} again with allow_duplicate: true.` : '';
  return `The same call was running already: this is its answer, nothing was done twice.${another}`;
}

/** @param earlier ISO 8601 */
export function stillOpenNote({ tool }: WriteCall, earlier: string): string {
  return `The outcome of the same call of ${earlier} had not been told yet, so this is its answer and nothing was done twice. To create another one, call ${tool} again with allow_duplicate: true.`;
}
