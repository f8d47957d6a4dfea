import { FieldNames, plainName } from '../../contract/field-names.ts';
import { FIELD_ROLES } from '../../contract/field-roles.ts';
import { hasDatedRows, hasPeriodFilter } from '../../contract/filter-values.ts';
import type { Operation } from '../../contract/operation.ts';
import { isJsonObject, type JsonObject, type JsonSchema } from '../../core/json.ts';

/** The arguments that the bridge adds to a read: what its answer holds, and filters that the contract does not have. */

/** Records of fewer fields than this are never worth choosing from. */
const FEW_FIELDS = 6;

const DAY = { type: 'string', description: 'YYYY-MM-DD' };

const SAVE_AS = { type: 'string', enum: ['xlsx', 'csv'] } as const;

/**
 * The arguments that choose what an answer holds. The server's instructions describe them, once. A list that can be saved
 * shows that in place of the length of its answers: an answer that is too long comes in smaller pages.
 */
export function withAnswerArguments(schema: JsonSchema, operation: Operation, canSave: boolean): JsonSchema {
  const { answerFields = [], fileTypes } = operation;
  if ((fileTypes?.length ?? 0) > 0) return schema;
  if (!isList(operation) && answerFields.length > 0 && answerFields.length < FEW_FIELDS) return schema;
  const properties = isJsonObject(schema.properties) ? schema.properties : {};
  const own = {
    ...(isList(operation) && hasDatedRows(operation) && !hasPeriodFilter(operation) && { from: DAY, to: DAY }),
    ...(isList(operation) && !operation.paginated && { cursor: { type: 'string', description: 'next_cursor' } }),
    // A list is taken as well, but costs more words to describe.
    fields: { type: 'string', description: 'names or *' },
    ...(canSave && !Object.hasOwn(properties, 'save_as') ? { save_as: SAVE_AS } : { max_chars: { type: 'integer' } }),
  };
  return { ...schema, properties: { ...properties, ...stateWords(operation, properties), ...own } };
}

/** A filter by state takes several, and where something can be owed what people call it. */
function stateWords(operation: Operation, properties: JsonObject): JsonObject {
  const names: readonly string[] = FIELD_ROLES.status.names;
  const filter = operation.parameters.find(({ in: place, arg }) => place === 'query' && names.includes(plainName(arg)));
  const schema = filter === undefined || !isList(operation) ? undefined : properties[filter.arg];
  if (filter === undefined || !isJsonObject(schema) || schema.type !== 'string') return {};
  // An enum would keep hosts from sending anything else.
  const { enum: values, description, ...rest } = schema;
  const known = Array.isArray(values) ? values.join(', ') : typeof description === 'string' ? description : '';
  const fields = new FieldNames(operation.answerFields?.map(({ name }) => name) ?? []);
  const isOwed = [...FIELD_ROLES.open.names, ...FIELD_ROLES.due.names].some((name) => fields.find(name) !== null);
  const groups = isOwed ? 'unpaid; several' : 'several';
  return { [filter.arg]: { ...rest, description: `${known === '' ? '' : `${known}; `}${groups}` } };
}

export function isList({ rows, action }: Operation): boolean {
  return rows !== null || action === 'list';
}
