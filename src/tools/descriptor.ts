/** What all of our own tools have in common: they read, and their schemas are made when first asked for. */
import type { Tool, ToolHints } from '../catalog/tool.ts';
import type { JsonSchema } from '../contract/schema-types.ts';
import { isJsonObject, type JsonObject } from '../json.ts';

export interface LocalFacts {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly resource: string;
  readonly scopes: readonly string[];
  /** Whether the same call again leaves everything as it was. */
  readonly idempotent: boolean;
  readonly schemas: () => { readonly input: JsonSchema; readonly validation: JsonSchema };
  /** See `Tool.details`. */
  readonly details?: readonly string[];
  readonly call: Tool['call'];
}

export function localTool(facts: LocalFacts): Tool {
  let made: ReturnType<LocalFacts['schemas']> | undefined;
  const schemas = () => {
    made ??= facts.schemas();
    return made;
  };
  const { name, title, description, resource, scopes, call } = facts;
  const annotations: ToolHints = {
    title,
    readOnlyHint: true,
    destructiveHint: false,
    idempotentHint: facts.idempotent,
    openWorldHint: false,
  };
  return {
    descriptor: {
      name,
      title,
      description,
      get inputSchema() {
        return schemas().input;
      },
      annotations,
    },
    get validation() {
      return schemas().validation;
    },
    details: facts.details ?? [],
    route: 'local',
    tier: 'read',
    resource,
    scopes,
    call,
  };
}

/** The same property of an operation's own schema, with its type and words; nothing where it has none. */
export function propertyOf(schema: JsonSchema, name: string): JsonObject {
  const { properties } = schema;
  const found = isJsonObject(properties) ? properties[name] : undefined;
  return isJsonObject(found) ? { [name]: found } : {};
}

/** The `id` of an operation's own schema, for records of several kinds: its words would name one of them. */
export function anyId(schema: object): JsonObject {
  const { id } = propertyOf({ ...schema }, 'id');
  if (!isJsonObject(id)) return {};
  const { description: _ofOneKind, ...rest } = id;
  return { id: rest };
}

export function objectSchema(properties: JsonObject, required: readonly string[] = []): JsonSchema {
  return { type: 'object', properties, ...(required.length > 0 && { required }), additionalProperties: false };
}
