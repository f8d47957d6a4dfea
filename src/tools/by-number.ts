import type { JsonSchema } from '../core/json.ts';
import type { Tool } from '../core/tool.ts';
import { type LocalDeps, propertyOf } from './local-tool.ts';

/** For our own tools that take the type of a document and its id: the id may be its number. @param schema of the tool */
export function byNumber(deps: LocalDeps, schema: () => JsonSchema): NonNullable<Tool['identify']> {
  return async (args, context) => {
    const { listOfType, withIdOfNumber } = await import('./record-number.ts');
    const list = listOfType(args.type, deps);
    return list === undefined ? args : withIdOfNumber(args, propertyOf(schema(), 'id').id, list, deps, context);
  };
}
