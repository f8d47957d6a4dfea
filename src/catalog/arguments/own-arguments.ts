import { isJsonObject, type JsonObject, type JsonSchema } from '../../core/json.ts';
import type { Tool } from '../../core/tool.ts';
import { parsedContainer } from './coerce.ts';

/** The argument that carries a person's yes to a second call. It is ours: the service never sees it. */
const CONFIRMATION = 'confirmation';
/** For a tool whose own argument has that name. */
const ANOTHER_NAME = 'lucanto_confirmation';

function confirmationArgument({ validation }: Pick<Tool, 'validation'>): string {
  const { properties } = validation;
  return isJsonObject(properties) && Object.hasOwn(properties, CONFIRMATION) ? ANOTHER_NAME : CONFIRMATION;
}

/** @returns the arguments without it; `code` is empty for what cannot be one */
export function takeConfirmation(tool: Tool, args: unknown): { readonly args: unknown; readonly code?: string } {
  if (tool.irreversible === undefined) return { args };
  const given = typeof args === 'string' ? parsedContainer(args) : args;
  const name = confirmationArgument(tool);
  if (!isJsonObject(given) || !Object.hasOwn(given, name)) return { args };
  const { [name]: code, ...rest } = given;
  if (code === null || code === undefined) return { args: rest };
  return { args: rest, code: typeof code === 'string' ? code.trim() : '' };
}

/** For `--confirm always`: a model is told of the argument before it needs it. */
export function withConfirmation(tool: Tool): Tool {
  if (tool.irreversible === undefined) return tool;
  const { descriptor } = tool;
  const { name, title, description, annotations, _meta } = descriptor;
  return {
    ...tool,
    descriptor: {
      ...{ name, title, description, annotations },
      ...(_meta !== undefined && { _meta }),
      // Schemas are built when first read.
      get inputSchema() {
        return withProperty(descriptor.inputSchema, confirmationArgument(tool));
      },
    },
  };
}

function withProperty(schema: JsonSchema, name: string): JsonSchema {
  const properties: JsonObject = isJsonObject(schema.properties) ? schema.properties : {};
  // Few words: every session pays for them. The preview says the rest.
  const property = { type: 'string', description: 'from the preview, once the user agreed' };
  return { ...schema, properties: { ...properties, [name]: property } };
}
