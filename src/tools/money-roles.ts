import { CUSTOMER, FIELD_NAMES, FieldNames, plainName, SUPPLIER } from '../contract/field-names.ts';
import { singular } from '../contract/naming.ts';
import type { Operation } from '../contract/operation.ts';
import { isJsonObject, type JsonObject, LosslessNumber } from '../core/json.ts';
import type { AnswerField } from '../core/tool.ts';
import type { Operations } from './local-tool.ts';

/**
 * Which field of a record means what. Lucanto's field names are partly inferred, so none is taken for granted: each role
 * has candidates, and the first one that the records (or the contract's description of them) have is used and named.
 */
function pairs(first: readonly string[], second: readonly string[]): readonly string[] {
  return first.flatMap((name, at) => [name, ...second.slice(at, at + 1)]);
}

/** Candidates per role, in order. Dots lead into objects. */
// biome-ignore format: a table
const CANDIDATES = {
  total: [...FIELD_NAMES.total, 'totals.total', 'totals.gross', 'totals.total_with_vat', 'totals.grand_total', 'amounts.total',
    'amounts.gross', 'total.amount', ...FIELD_NAMES.amount],
  net: ['total_without_vat', 'total_excl_vat', 'total_excluding_vat', 'total_without_tax', 'net_total', 'total_net',
    'net_amount', 'amount_net', 'subtotal', 'sub_total', 'amount_without_vat', 'totals.net', 'totals.subtotal',
    'totals.total_without_vat', 'amounts.net', 'net', 'tax_base'],
  vat: ['total_vat', 'vat_total', 'vat_amount', 'amount_vat', 'total_tax', 'tax_total', 'tax_amount', 'totals.vat',
    'totals.total_vat', 'totals.tax', 'amounts.vat', 'vat', 'tax'],
  open: [...FIELD_NAMES.open, 'remaining', 'left_to_pay', 'to_pay', 'totals.amount_due', 'totals.due', 'balance'],
  currency: [...FIELD_NAMES.currency, 'currency.code', 'totals.currency', 'total.currency'],
  issued: [...FIELD_NAMES.issued, 'delivery_date', 'paid_on', ...FIELD_NAMES.created],
  due: [...FIELD_NAMES.due, 'due'],
  status: FIELD_NAMES.status,
  number: FIELD_NAMES.number,
  type: ['type', 'document_type', 'kind'],
  contact: [...pairs(CUSTOMER.nestedName, CUSTOMER.name), ...CUSTOMER.id, ...CUSTOMER.nestedId,
    ...pairs(SUPPLIER.name, SUPPLIER.nestedName)],
  contactId: [...CUSTOMER.id, ...CUSTOMER.nestedId],
  name: [...FIELD_NAMES.name, 'company', 'legal_identity.name', 'title'],
  lines: ['items', 'lines', 'line_items', 'rows', 'positions', 'invoice_items', 'document_items', 'invoice_lines',
    'entries'],
  quantity: ['quantity', 'qty', 'count', 'units', 'amount'],
  price: ['unit_price', 'price', 'price_per_unit', 'unit_price_without_vat', 'unit_net_price', 'net_price',
    'unit_cost', 'rate'],
  rate: ['vat_rate', 'tax_rate', 'vat_percentage', 'vat_percent', 'vat', 'tax', 'rate', 'percentage'],
  lineDiscount: ['discount_percentage', 'discount_percent', 'discount_rate'],
  discount: ['discount_percentage', 'discount_percent', 'discount_rate'],
  discountAmount: ['discount_amount', 'discount_value'],
  reverse: ['reverse_charge', 'is_reverse_charge', 'reverse_charged'],
  inclusive: ['prices_include_vat', 'price_includes_vat', 'vat_inclusive', 'prices_with_vat', 'tax_inclusive'],
  bankAccount: ['bank_account_id', 'bank_account.id', 'payment_account_id'],
  address: ['url', 'pdf_url', 'download_url', 'signed_url', 'link', 'href', 'location', 'file_url', 'pdf'],
  pdf: ['pdf_url', 'pdf_link', 'pdf_address', 'pdf.url', 'urls.pdf', 'links.pdf', 'pdf'],
} as const satisfies Record<string, readonly string[]>;

export type Role = keyof typeof CANDIDATES;

/** The value at a path of a record; undefined where there is none. */
export function valueAt(record: JsonObject, path: string): unknown {
  let value: unknown = record;
  for (const name of path.split('.')) value = isJsonObject(value) ? value[name] : undefined;
  return value;
}

const DECIMAL = /^-?\d+(\.\d+)?$/;

/** An amount as the service writes it, digit by digit; null for anything else. */
export function decimalText(value: unknown): string | null {
  if (typeof value === 'string') return DECIMAL.test(value.trim()) ? value.trim() : null;
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : null;
  return typeof value === 'bigint' || value instanceof LosslessNumber ? String(value) : null;
}

/** `2026-01-15` of a date or a time; null for anything else. */
export function dateText(value: unknown): string | null {
  return typeof value === 'string' ? (/^\d{4}-\d\d-\d\d(?=$|T| )/.exec(value)?.[0] ?? null) : null;
}

/** Texts and ids. */
export function plainText(value: unknown): string | null {
  if (typeof value === 'string') return value.trim() === '' ? null : value;
  return typeof value === 'number' || typeof value === 'bigint' ? String(value) : null;
}

const isDecimal = (value: unknown) => decimalText(value) !== null;
const isDate = (value: unknown) => dateText(value) !== null;
const isText = (value: unknown) => plainText(value) !== null;

const FITS: Readonly<Partial<Record<Role, (value: unknown) => boolean>>> = {
  total: isDecimal,
  net: isDecimal,
  vat: isDecimal,
  open: isDecimal,
  quantity: isDecimal,
  price: isDecimal,
  rate: isDecimal,
  discount: isDecimal,
  discountAmount: isDecimal,
  lineDiscount: isDecimal,
  issued: isDate,
  due: isDate,
  lines: (value) => Array.isArray(value) && value.some(isJsonObject),
  reverse: (value) => typeof value === 'boolean',
  inclusive: (value) => typeof value === 'boolean',
};

/**
 * The field that has a role: one that the records use, else one that the contract describes.
 * @returns null where neither has any of the candidates
 */
export function fieldFor(role: Role, records: readonly JsonObject[], described: readonly AnswerField[]): string | null {
  const fits = FITS[role] ?? isText;
  const names = namesIn(records);
  for (const candidate of CANDIDATES[role]) {
    const path = spelled(records, names, candidate);
    if (path !== null && records.some((record) => fits(valueAt(record, path)))) return path;
  }
  const stated = new FieldNames(described.map(({ name }) => name));
  for (const candidate of CANDIDATES[role]) {
    const path = describedAs(described, stated, candidate);
    if (path !== null) return path;
    const there = spelled(records, names, candidate);
    if (there !== null && records.some((record) => hasNull(record, there))) return there;
  }
  return null;
}

function namesIn(records: readonly JsonObject[]): FieldNames {
  return new FieldNames(records.flatMap((record) => Object.keys(record)));
}

/** A path as the records spell it; null where none has it. */
function spelled(records: readonly JsonObject[], names: FieldNames, path: string): string | null {
  const [first = '', ...rest] = path.split('.');
  const name = names.find(first);
  if (name === null || rest.length === 0) return name;
  const inner = records.map((record) => record[name]).filter(isJsonObject);
  const below = spelled(inner, namesIn(inner), rest.join('.'));
  return below === null ? null : `${name}.${below}`;
}

/** A path as the contract spells it; null where it describes none. */
function describedAs(described: readonly AnswerField[], names: FieldNames, path: string): string | null {
  const [first = '', ...rest] = path.split('.');
  const name = names.find(first);
  if (name === null || rest.length === 0) return name;
  const inner = described.find((field) => field.name === name)?.fields ?? [];
  const below = describedAs(inner, new FieldNames(inner.map((field) => field.name)), rest.join('.'));
  return below === null ? null : `${name}.${below}`;
}

/** A field that is there without a value: in a draft, say. */
function hasNull(record: JsonObject, path: string): boolean {
  return valueAt(record, path) === null;
}

/** Whether a path leads to the id of another record: `purchaser_id`, `customer.id`, `clientId`. */
export function isIdPath(path: string): boolean {
  return /(^|_)id$/.test(plainName(path.split('.').at(-1) ?? path));
}

/** What a record is called that a path names by its id: `purchaser`, `customer`, `client`. */
export function wordOfId(path: string): string {
  return plainName(path.split('.').at(-2) ?? path).replace(/_id$/, '');
}

/** Which lists of the contract have money and dates in their rows. */
/** A resource whose records can be summed and checked. */
export interface MoneyResource {
  /** `credit_notes`. */
  readonly resource: string;
  /** `credit_note`. */
  readonly type: string;
  readonly list: Operation;
  readonly get: Operation | undefined;
  readonly create: Operation | undefined;
  /** What the contract says that its records have; empty where it says nothing. */
  readonly described: readonly AnswerField[];
}

/** Words of the interface, for contracts that do not describe their answers at all. */
const WITH_MONEY = new Set(['invoices', 'quotes', 'proformas', 'credit_notes', 'expenses']);

const LIST = 'lucanto_list_';

export function moneyResources(operations: Operations): readonly MoneyResource[] {
  return operations.all().flatMap((list) => {
    const isList = list.action === 'list' && list.method === 'GET' && list.tool.startsWith(LIST);
    const needsMore = list.parameters.some(({ required, name }) => required && name !== list.workspace);
    if (!isList || needsMore || list.resource === 'workspaces') return [];
    const resource = list.tool.slice(LIST.length);
    const type = singular(resource);
    const get = operations.get(`lucanto_get_${type}`);
    const create = operations.get(`lucanto_create_${type}`);
    // Read at every start, so as little of the contract as will do.
    const own = list.answerFields ?? [];
    if (!hasMoney(resource, own.length > 0 ? own : (get?.answerFields ?? []))) return [];
    let described: readonly AnswerField[] | undefined;
    return {
      resource,
      type,
      list,
      get,
      create,
      get described() {
        described ??= joined(own, get?.answerFields ?? []);
        return described;
      },
    };
  });
}

function hasMoney(resource: string, described: readonly AnswerField[]): boolean {
  if (described.length === 0) return WITH_MONEY.has(resource);
  const lines = fieldFor('lines', [], described);
  const nested = described.find(({ name }) => name === lines)?.fields ?? [];
  const isSold = lines !== null && (nested.length === 0 || fieldFor('price', [], nested) !== null);
  return (isSold || fieldFor('total', [], described) !== null) && fieldFor('issued', [], described) !== null;
}

function joined(first: readonly AnswerField[], second: readonly AnswerField[]): readonly AnswerField[] {
  return [...first, ...second.filter(({ name }) => !first.some((one) => one.name === name))];
}
