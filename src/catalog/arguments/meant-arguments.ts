import { FieldNames, plainName } from '../../contract/field-names.ts';
import { columnNames, FIELD_ROLES } from '../../contract/field-roles.ts';
import { dateWordsOf, periodSide } from '../../contract/filter-values.ts';
import { plural, toolName } from '../../contract/naming.ts';
import { arrayIn, type JsonObject, type JsonSchema, objectIn } from '../../core/json.ts';
import type { Tool } from '../../core/tool.ts';
import { argumentPath, SchemaPlace, type UnknownArgument } from './fitted-arguments.ts';
import { alternatives, nearNames } from './wording.ts';

/** Which arguments an unknown one may have meant: those of the same role, of nearly the same spelling, or elsewhere; and which record an `id` is of. */

const MOST = 3;
/** How deep, and how many, arguments are looked through for one of the same name. */
const DEPTH = 3;
const MANY = 500;

/** What arguments mean that no list shows: other words for the same. */
// biome-ignore format: a table
const SAME_ARGUMENTS: readonly (readonly string[])[] = [
  ['q', 'query', 'search', 'search_term', 'search_text', 'term', 'keyword', 'keywords', 'find'],
  ['limit', 'per_page', 'page_size', 'size', 'page_limit', 'max_results', 'results_per_page', 'rows_per_page', 'top', 'take'],
  ['to', 'recipients', 'recipient', 'emails', 'email', 'email_to', 'mail_to', 'send_to', 'to_email', 'to_emails', 'email_address',
    'email_addresses', 'recipient_email', 'recipient_emails'],
  ['message', 'body', 'email_body', 'mail_text', 'email_text', 'email_message'],
  ['note', 'notes', 'memo', 'comment', 'comments', 'internal_note', 'private_note', 'recipient_note',
    'footer_note', 'public_note', 'annotation'],
  ['postal_code', 'postcode', 'zip', 'zip_code', 'zipcode', 'plz', 'psc'],
  ['street', 'street_address', 'address_line1', 'address_line_1', 'line1', 'line_1', 'address1'],
  ['city', 'town', 'municipality', 'locality'],
  ['phone', 'phone_number', 'telephone', 'telephone_number', 'tel', 'mobile'],
  ['web', 'website', 'homepage', 'web_site'],
  ['vat_id', 'vat_number', 'vat_no', 'vat_identification_number', 'vatin', 'tax_number'],
  ['registration_id', 'registration_number', 'company_number', 'company_id', 'business_id', 'ico'],
];

/** `; did you mean \`purchaser_id\` (its id, from lucanto_list_contacts)?`, or nothing. */
export function suggestion(
  unknown: UnknownArgument,
  schema: JsonSchema,
  tools: readonly Tool[],
  args: JsonObject,
): string {
  const meant = first(meantArguments(unknown, schema), numberAsId(unknown, args));
  if (meant.length === 0) return '';
  const [only] = meant;
  const list = meant.length === 1 && only !== undefined && isIdOf(only, unknown.name) ? listOf(only, tools) : null;
  return `; did you mean ${alternatives(meant)}${list === null ? '' : ` (find the id with ${list})`}?`;
}

/** ` (find the id with lucanto_list_contacts)` where a problem is that an argument for an id has a name; else nothing. */
export function idSource(problem: string, args: JsonObject, tools: readonly Tool[]): string {
  const named = Object.keys(args).find((name) => problem.startsWith(`\`${name}\` is `) && isIdOf(name, ''));
  const value = named === undefined ? null : args[named];
  const list = named !== undefined && typeof value === 'string' && /\p{L}/u.test(value) ? listOf(named, tools) : null;
  return list === null ? '' : ` (find the id with ${list})`;
}

function meantArguments({ place, name, known }: UnknownArgument, schema: JsonSchema): readonly string[] {
  const beside = first(
    sameRole(name, known),
    samePeriod(name, known),
    sameArgument(name, known),
    nearNames(name, known),
  );
  if (beside.length > 0) return beside.slice(0, MOST);
  const own = argumentPath(place.map((step) => (typeof step === 'number' ? 0 : step))).replaceAll('[0]', '[]');
  const elsewhere = pathsIn(schema).filter(({ parent }) => parent !== own);
  const index = new FieldNames(elsewhere.map((one) => one.name));
  const same = index.find(plainName(name));
  const names = [...new Set(elsewhere.map((one) => one.name))];
  const wanted = same === null ? first(sameRole(name, names), sameArgument(name, names)) : [same];
  return elsewhere.flatMap((one) => (wanted.includes(one.name) ? one.path : [])).slice(0, MOST);
}

function first(...candidates: readonly (readonly string[])[]): readonly string[] {
  return candidates.find((names) => names.length > 0) ?? [];
}

/** `purchaser_id` for `customer`, `unit_price` for `price`. */
function sameRole(name: string, known: readonly string[]): readonly string[] {
  const plain = plainName(name);
  const index = new FieldNames(known);
  const spelled = index.find(plain);
  if (spelled !== null) return [spelled];
  const bare = plain.replace(/_id$/, '');
  const roles = Object.values(FIELD_ROLES).filter(({ names, also = [] }) =>
    [...names, ...also].some((one) => one === plain || one === bare),
  );
  const found = roles.flatMap(({ names }) => names.flatMap((wanted) => index.find(wanted) ?? []));
  return [...new Set(found)];
}

/** `id`, which takes it too, for the number of a record whose `id` was not given. */
function numberAsId({ place, name, known }: UnknownArgument, args: JsonObject): readonly string[] {
  const isNumber = FIELD_ROLES.number.names.includes(plainName(name)) && place.length === 0;
  return isNumber && known.includes('id') && isAbsent(args, 'id') ? ['id'] : [];
}

/** `per_page` for `limit`, `memo` for `note`. */
function sameArgument(name: string, known: readonly string[]): readonly string[] {
  const index = new FieldNames(known);
  const same = SAME_ARGUMENTS.filter((words) => words.includes(plainName(name))).flat();
  return [...new Set(same.flatMap((word) => index.find(word) ?? []))];
}

/** `issue_date_from` for `from`, `since` or `date_from`. */
function samePeriod(name: string, known: readonly string[]): readonly string[] {
  const side = periodSide(name);
  if (side === null) return [];
  const rest = dateWordsOf(name);
  const same = known.filter((one) => periodSide(one) === side);
  const dated = same.filter(
    (one) => rest.length === 0 || rest.every((word) => plainName(one).split('_').includes(word)),
  );
  return first(dated, same);
}

/** Every argument at any place; the parent of one in a list is `items[]`, and empty at the outermost level. */
function pathsIn(schema: JsonSchema) {
  const found: { readonly name: string; readonly parent: string; readonly path: string }[] = [];
  const visit = (place: SchemaPlace, parent: string, depth: number): void => {
    if (depth > DEPTH || found.length > MANY) return;
    for (const name of place.known ?? []) {
      const path = parent === '' ? name : `${parent}.${name}`;
      found.push({ name, parent, path });
      const below = place.member(name);
      visit(below, path, depth + 1);
      visit(below.item(0), `${path}[]`, depth + 1);
    }
  };
  visit(SchemaPlace.of(schema), '', 1);
  return found.sort((left, right) => left.path.split('.').length - right.path.split('.').length);
}

/** A name was given where an id is needed. */
function isIdOf(argument: string, given: string): boolean {
  return /_id$/.test(plainName(argument)) && !/_id$/.test(plainName(given));
}

/** The list that has the records of an id, by its word, or by another word for the same kind of partner. */
function listOf(argument: string, tools: readonly Tool[]): string | null {
  const word = plainName(argument.split('.').at(-1) ?? argument).replace(/_id$/, '');
  const party = (['customer', 'supplier'] as const).find((column) => columnNames(column).includes(word));
  const others = party === undefined ? [] : [...columnNames('customer'), ...columnNames('supplier')];
  const words = [word, ...others.filter((one) => !/_(id|name)$/.test(one))];
  const names = new Set(tools.map(({ descriptor }) => descriptor.name));
  return words.map((one) => toolName(`list_${plural(one)}`)).find((name) => names.has(name)) ?? null;
}

const WORKSPACE = 'workspace_id';

// The record is `id`, and what it belongs to `project_id`; models do not always notice which of the two a tool takes.
/** The arguments with an `id` that the schema does not have moved to the one parameter that it must have meant. */
export function withRecordId(args: JsonObject, tool: Tool): JsonObject {
  const properties = objectIn(tool.validation.properties);
  if (Object.hasOwn(properties, 'id')) return withPlainId(args, tool, properties);
  if (!Object.hasOwn(args, 'id')) return args;
  const target = missingRecord(args, tool) ?? missingWorkspace(args, tool, properties);
  if (target === null) return args;
  const { id, ...others } = args;
  return { ...others, [target]: id };
}

/** `expense_id` of lucanto_create_expense_receipt, whose record is `id`. */
function withPlainId(args: JsonObject, { descriptor }: Tool, properties: JsonObject): JsonObject {
  if (!isAbsent(args, 'id')) return args;
  const named = Object.keys(args).filter(
    (name) =>
      name.endsWith('_id') &&
      !Object.hasOwn(properties, name) &&
      `${descriptor.name}_`.includes(`_${name.slice(0, -'_id'.length)}_`),
  );
  const [only] = named;
  if (only === undefined || named.length > 1) return args;
  const { [only]: id, ...others } = args;
  return { ...others, id };
}

function missingRecord(args: JsonObject, { validation, descriptor }: Tool): string | null {
  const missing = arrayIn(validation.required).filter(
    (name) => typeof name === 'string' && name.endsWith('_id') && name !== WORKSPACE && isAbsent(args, name),
  );
  const [only] = missing;
  if (missing.length !== 1 || typeof only !== 'string') return null;
  // A write may reference records that are not its own (a new invoice's contact_id): there the name must agree.
  const isOwn =
    descriptor.annotations.readOnlyHint || `${descriptor.name}_`.includes(`_${only.slice(0, -'_id'.length)}_`);
  return isOwn ? only : null;
}

function missingWorkspace(args: JsonObject, tool: Tool, properties: JsonObject): string | null {
  const applies = tool.resource === 'workspaces' && Object.hasOwn(properties, WORKSPACE) && isAbsent(args, WORKSPACE);
  return applies ? WORKSPACE : null;
}

function isAbsent(args: JsonObject, name: string): boolean {
  return !Object.hasOwn(args, name) || args[name] === null;
}
