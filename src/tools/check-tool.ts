import type { Tool } from '../core/tool.ts';
import { anyId, localTool, type Operations, objectSchema, propertyOf, type ServicePort } from './local-tool.ts';
import type { MoneyResource } from './money-roles.ts';

/** `lucanto_check_document`: a draft, or the arguments for a create tool, looked over before anything is sent. */
interface CheckDeps {
  readonly service: ServicePort;
}

/** Null where there is nothing to check. */
export function checkTool(resources: readonly MoneyResource[], operations: Operations, deps: CheckDeps): Tool | null {
  const sources = resources.filter(({ get, create }) => get !== undefined || create !== undefined);
  const [first] = sources;
  if (first === undefined) return null;
  return localTool({
    name: 'lucanto_check_document',
    title: 'Check document',
    description: 'Check a draft (id) or arguments of a create tool (document): sums, VAT, dates, IBAN.',
    resource: first.list.resource,
    scopes: [...new Set(sources.flatMap(({ list }) => list.scopes))],
    idempotent: true,
    schemas: () => schemasOf(sources, first),
    call: async (args, context) => {
      const { checkDocument } = await import('./check-document.ts');
      return checkDocument({ sources, operations, ...deps }, args, context);
    },
  });
}

function schemasOf(sources: readonly MoneyResource[], { get, list }: MoneyResource) {
  const common = (schema: object, workspace: object) =>
    objectSchema(
      {
        ...propertyOf({ ...workspace }, 'workspace_id'),
        type: { type: 'string', enum: sources.map(({ type }) => type), description: 'what it is' },
        ...anyId(schema),
        document: { type: 'object', description: 'its arguments' },
      },
      ['type'],
    );
  return {
    input: common(get?.inputSchema ?? {}, list.inputSchema),
    validation: common(get?.validation ?? {}, list.validation),
  };
}
