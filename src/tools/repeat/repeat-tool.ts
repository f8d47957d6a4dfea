/** `lucanto_repeat_document`: a draft like an earlier document, for each kind that can be read and created. */
import type { BodyBinding, Operation } from '../../contract/operation.ts';
import type { JsonSchema } from '../../core/json.ts';
import type { AnswerField, Tool } from '../../core/tool.ts';
import { byNumber } from '../by-number.ts';
import { anyId, type LocalDeps, localTool, objectSchema, propertyOf } from '../local-tool.ts';
import type { MoneyResource } from '../money-resource.ts';

export const REPEAT = 'lucanto_repeat_document';

export interface RepeatSource {
  /** `credit_note`. */
  readonly type: string;
  readonly get: Operation;
  readonly create: Operation;
  readonly body: BodyBinding;
  readonly described: readonly AnswerField[];
}

/** Null where no document can be both read and created. */
export function repeatTool(resources: readonly MoneyResource[], deps: LocalDeps): Tool | null {
  const kinds = resources.flatMap((resource) => {
    const { get, create, type } = resource;
    const body = create?.body ?? null;
    if (get === undefined || create === undefined || body === null || body.whole !== null) return [];
    return [
      {
        ...{ type, get, create, body },
        // Read with the first call.
        get described() {
          return resource.described;
        },
      },
    ];
  });
  const [first] = kinds;
  if (first === undefined) return null;
  return localTool({
    name: REPEAT,
    title: 'Repeat document',
    description: 'Draft like an earlier document, a month later.',
    resource: first.create.resource,
    scopes: [...new Set(kinds.flatMap(({ create }) => create.scopes))],
    idempotent: false,
    writes: true,
    schemas: () => ({
      input: schemaOf(kinds, first.get.inputSchema, { type: 'string' }),
      validation: schemaOf(kinds, first.get.validation, { type: 'string', format: 'date' }),
    }),
    identify: byNumber(deps, () => first.get.validation),
    call: async (args, context) => {
      const { repeatDocument } = await import('./repeat-document.ts');
      return repeatDocument(kinds, deps, args, context);
    },
  });
}

function schemaOf(kinds: readonly RepeatSource[], schema: JsonSchema, date: JsonSchema): JsonSchema {
  return objectSchema(
    {
      ...propertyOf(schema, 'workspace_id'),
      type: { type: 'string', enum: kinds.map(({ type }) => type) },
      ...anyId(schema),
      issue_date: { ...date, description: 'YYYY-MM-DD' },
    },
    ['type', 'id'],
  );
}
