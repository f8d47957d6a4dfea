import { FieldNames, plainName } from '../../contract/field-names.ts';
import { FIELD_ROLES } from '../../contract/field-roles.ts';
import { hasDatedRows, hasPeriodFilter, statusParameter } from '../../contract/filter-values.ts';
import type { Operation } from '../../contract/operation.ts';
import { isJsonObject, type JsonObject, type JsonSchema, objectIn, propertyIn } from '../../core/json.ts';
import { capitalised, withSentence } from '../../core/text.ts';
import { ALLOW_DUPLICATE } from '../../core/tool.ts';
import type { WriteKind } from '../../writes/write-record.ts';

/** What kind of call a tool makes, and what the bridge adds to its schema and description: arguments of its own, and what a change does with lists and null. */

/** Records of fewer fields than this are never worth choosing from. */
const FEW_FIELDS = 6;

const DAY = { type: 'string', description: 'YYYY-MM-DD' };

const SAVE_AS = { type: 'string', enum: ['xlsx', 'csv'] } as const;

/**
 * The arguments that choose what an answer holds. The server's instructions describe them, once. A list that can be saved
 * shows that in place of the length of its answers: an answer that is too long comes in smaller pages.
 */
function withAnswerArguments(schema: JsonSchema, operation: Operation, canSave: boolean): JsonSchema {
  const { answerFields = [], fileTypes } = operation;
  if ((fileTypes?.length ?? 0) > 0) return schema;
  if (!isList(operation) && answerFields.length > 0 && answerFields.length < FEW_FIELDS) return schema;
  const properties = objectIn(schema.properties);
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
  const filter = isList(operation) ? statusParameter(operation) : undefined;
  const schema = filter === undefined ? undefined : properties[filter.arg];
  if (filter === undefined || !isJsonObject(schema) || schema.type !== 'string') return {};
  // An enum would keep hosts from sending anything else.
  const { enum: values, description, ...rest } = schema;
  const known = Array.isArray(values) ? values.join(', ') : typeof description === 'string' ? description : '';
  const fields = new FieldNames(operation.answerFields?.map(({ name }) => name) ?? []);
  const isOwed = [...FIELD_ROLES.open.names, ...FIELD_ROLES.due.names].some((name) => fields.find(name) !== null);
  const groups = isOwed ? ['issued', 'drafts', 'unpaid'].filter((word) => !known.includes(word.replace(/s$/, ''))) : [];
  const words = [known, groups.join(', '), 'several'].filter((part) => part !== '');
  return { [filter.arg]: { ...rest, description: words.join('; ') } };
}

export function isList({ rows, action }: Operation): boolean {
  return rows !== null || action === 'list';
}

const MAX_DESCRIPTION = 400;

/** Nothing but the record itself must be named: what else the contract demands is read and sent back. */
function changeSchema(operation: Operation, isReadable: boolean): JsonSchema {
  const { inputSchema } = operation;
  if (!isReadable) return inputSchema;
  const { required, ...rest } = inputSchema;
  const fields = new Set<unknown>(operation.body?.fields.map(({ arg }) => arg));
  const needed = (Array.isArray(required) ? required : []).filter((name) => !fields.has(name));
  const properties: JsonObject = objectIn(inputSchema.properties);
  const line = listsOf(operation).length === 0 || Object.hasOwn(properties, 'line') ? {} : { line: LINE };
  return { ...rest, properties: { ...properties, ...line }, ...(needed.length > 0 && { required: needed }) };
}

const LINE = { type: 'integer', description: 'from 1' };

export function changeDescription(operation: Operation, isReadable: boolean): string {
  const lists = listsOf(operation);
  const sayings = [
    ...(lists.length === 0 ? [] : [`replaces all ${lists.join(', ')}`]),
    ...(lists.length === 0 || !isReadable ? [] : [`{line: 2, ${lineField(operation, lists)}} changes one`]),
    ...(canClear(operation) ? ['null clears'] : []),
  ];
  const text = sayings.join(', ');
  const sentence = text === '' ? '' : `${capitalised(text)}.`;
  return withSentence(operation.description, sentence, MAX_DESCRIPTION);
}

/** Arguments that hold lists of objects. */
function listsOf({ body, inputSchema }: Operation): readonly string[] {
  return (body?.fields ?? []).flatMap(({ arg }) => {
    const schema = propertyIn(inputSchema, arg);
    return schema?.type === 'array' && isJsonObject(schema.items) && isJsonObject(schema.items.properties) ? arg : [];
  });
}

/** A field of a line, to show by example how one is changed. */
function lineField({ inputSchema }: Operation, lists: readonly string[]): string {
  const { items } = objectIn(propertyIn(inputSchema, lists[0] ?? ''));
  const names = Object.keys(objectIn(objectIn(items).properties));
  const quantity = new FieldNames(names).first(FIELD_ROLES.quantity.names);
  return quantity ?? names.find((name) => !/(^|_)(id|uuid|guid|uid|key)$/.test(plainName(name))) ?? '…';
}

function canClear({ body, validation }: Operation): boolean {
  return (body?.fields ?? []).some(({ arg }) => {
    const { type, anyOf } = propertyIn(validation, arg) ?? {};
    const types = [type, ...(Array.isArray(anyOf) ? anyOf.filter(isJsonObject).map((one) => one.type) : [])].flat();
    return types.includes('null');
  });
}

/** What the user alone can decide; the ledger needs it, the service never sees it. */
function withAllowDuplicate(schema: JsonSchema): JsonSchema {
  const properties = objectIn(schema.properties);
  if (Object.hasOwn(properties, ALLOW_DUPLICATE)) return schema;
  // Few words: they are paid for on every create. The refusal that asks for it says the rest.
  const again = { type: 'boolean', description: 'even if identical' };
  return { ...schema, properties: { ...properties, [ALLOW_DUPLICATE]: again } };
}

export function schemaOf(operation: Operation, isChange: boolean, isReadable: boolean, canSave: boolean): JsonSchema {
  if (isChange) return changeSchema(operation, isReadable);
  const { action, inputSchema, reads } = operation;
  if (reads) return withAnswerArguments(inputSchema, operation, canSave);
  return action === 'create' && retryClass(operation) === 'keyed' ? withAllowDuplicate(inputSchema) : inputSchema;
}

export function retryClass(operation: Operation): 'read' | WriteKind {
  if (operation.reads) return 'read';
  if (operation.method === 'POST' || operation.keyHeader !== undefined) return 'keyed';
  return operation.idempotent ? 'idempotent' : 'once';
}
