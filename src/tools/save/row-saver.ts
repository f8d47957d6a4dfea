/** How one of our own tools saves the rows of its answer; what that takes is loaded with the first file. */
import type { JsonObject } from '../../core/json.ts';
import type { Tool } from '../../core/tool.ts';
import type { SaveDeps } from './save-answer.ts';

/** @param name of the file @param rowsOf the rows of a whole answer */
export function rowSaver(
  name: string,
  rowsOf: (answer: JsonObject) => readonly JsonObject[],
  deps: SaveDeps,
): NonNullable<Tool['saveRows']> {
  return async (request, context) => {
    const { saveComputed } = await import('./save-answer.ts');
    return saveComputed(name, request, rowsOf, deps, context);
  };
}

/** As an argument, where the list of tools has room for it; every tool that can save takes it. */
export const SAVE_AS = { type: 'string', enum: ['xlsx', 'csv'] } as const;
