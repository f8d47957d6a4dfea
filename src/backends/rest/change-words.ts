import type { Operation } from '../../contract/operation.ts';
import { isJsonObject, type JsonObject, type JsonSchema } from '../../core/json.ts';
import { withSentence } from '../../core/text.ts';

/** What a tool that changes a record says of it: which lists it replaces, that one line can be changed, what null does. */

const MAX_DESCRIPTION = 400;

/** Nothing but the record itself must be named: what else the contract demands is read and sent back. */
export function changeSchema(operation: Operation, isReadable: boolean): JsonSchema {
  const { inputSchema } = operation;
  if (!isReadable) return inputSchema;
  const { required, ...rest } = inputSchema;
  const fields = new Set<unknown>(operation.body?.fields.map(({ arg }) => arg));
  const needed = (Array.isArray(required) ? required : []).filter((name) => !fields.has(name));
  const properties: JsonObject = isJsonObject(inputSchema.properties) ? inputSchema.properties : {};
  const line = listsOf(operation).length === 0 || Object.hasOwn(properties, 'line') ? {} : { line: LINE };
  return { ...rest, properties: { ...properties, ...line }, ...(needed.length > 0 && { required: needed }) };
}

const LINE = { type: 'integer', description: 'from 1' };

export function changeDescription(operation: Operation, isReadable: boolean): string {
  const lists = listsOf(operation);
  const sayings = [
    ...(lists.length === 0 ? [] : [`replaces all ${lists.join(', ')}`]),
    ...(lists.length === 0 || !isReadable ? [] : ['line changes one']),
    ...(canClear(operation) ? ['null clears'] : []),
  ];
  const text = sayings.join(', ');
  const sentence = text === '' ? '' : `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
  return withSentence(operation.description, sentence, MAX_DESCRIPTION);
}

/** Arguments that hold lists of objects. */
function listsOf({ body, inputSchema }: Operation): readonly string[] {
  return (body?.fields ?? []).flatMap(({ arg }) => {
    const schema = propertyIn(inputSchema, arg);
    return schema?.type === 'array' && isJsonObject(schema.items) && isJsonObject(schema.items.properties) ? arg : [];
  });
}

function canClear({ body, validation }: Operation): boolean {
  return (body?.fields ?? []).some(({ arg }) => {
    const { type, anyOf } = propertyIn(validation, arg) ?? {};
    const types = [type, ...(Array.isArray(anyOf) ? anyOf.filter(isJsonObject).map((one) => one.type) : [])].flat();
    return types.includes('null');
  });
}

function propertyIn({ properties }: JsonSchema, name: string): JsonSchema | undefined {
  const found = isJsonObject(properties) ? properties[name] : undefined;
  return isJsonObject(found) ? found : undefined;
}
