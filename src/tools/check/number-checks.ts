import { plainName } from '../../contract/field-names.ts';
import { FIELD_ROLES } from '../../contract/field-roles.ts';
import { isJsonObject, type JsonObject, objectIn } from '../../core/json.ts';
import { error, type Finding } from './findings.ts';

/** Numbers that are written as people write them: with a decimal comma, a space between thousands, a currency behind them. */

const NUMERIC_NAMES = new Set(
  Object.values(FIELD_ROLES)
    .filter(({ holds }) => holds === 'decimal')
    .flatMap(({ names }) => names.map((name) => name.split('.').at(-1) ?? name)),
);
const NUMERIC_ENDING = /(^|_)(amount|price|total|rate|quantity|percent|percentage|discount|sum|cost)$/;
const GROUPED =
  /^([-+]?)(\d{1,3}(?:[ .,'\u00a0\u202f]\d{3})+|\d+)(?:([.,])(\d+))?(\s*(?:%|€|\$|£|[A-Za-zčł]{1,3}\.?))?$/;

/**
 * The document with such numbers written with a point, so that the other checks can read them, and a finding for each.
 * @param schema of the create tool's arguments, which says where a number is meant
 */
export function withPoints(
  record: JsonObject,
  schema: unknown,
): { readonly record: JsonObject; readonly findings: readonly Finding[] } {
  const findings: Finding[] = [];
  const changed = (value: unknown, path: string, name: string, described: unknown): unknown => {
    if (typeof value === 'string') {
      const read = isNumeric(name, described) ? readNumber(value) : null;
      if (read === null) return value;
      findings.push(comma(path, value, read.number));
      return read.number ?? value;
    }
    if (Array.isArray(value)) {
      const items = isJsonObject(described) ? described.items : undefined;
      return value.map((item, at) => changed(item, `${path}[${at}]`, name, items));
    }
    if (!isJsonObject(value)) return value;
    const properties = objectIn(objectIn(described).properties);
    return Object.fromEntries(
      Object.entries(value).map(([member, inner]) => {
        const inside = path === '' ? member : `${path}.${member}`;
        return [member, changed(inner, inside, member, properties[member])];
      }),
    );
  };
  const copy = changed(record, '', '', schema);
  return { record: isJsonObject(copy) ? copy : record, findings };
}

function comma(path: string, value: string, number: string | null): Finding {
  const told = JSON.stringify(value.slice(0, 40));
  if (number === null) {
    const [whole, decimal] = [value.replaceAll(/\D/g, ''), value.replace(',', '.')];
    return error(path, `${told} is not a number: it can mean ${decimal} or ${whole}. Write decimals with a point.`);
  }
  return error(path, `${told} is not a number. Write it with a decimal point: "${number}".`, number);
}

/** The contract's own word counts before the name. */
function isNumeric(name: string, schema: unknown): boolean {
  const byName = NUMERIC_NAMES.has(plainName(name)) || NUMERIC_ENDING.test(plainName(name));
  if (!isJsonObject(schema)) return byName;
  const types = [schema.type].flat();
  if (types.includes('number') || types.includes('integer')) return true;
  if (!types.includes('string')) return byName;
  return typeof schema.pattern === 'string' ? /\\d|0-9/.test(schema.pattern) : byName && schema.format === undefined;
}

/** @returns null for what is a number already or no number at all; `number` is null where two numbers may be meant */
function readNumber(text: string): { readonly number: string | null } | null {
  const match = GROUPED.exec(text.trim());
  if (match === null) return null;
  const [, sign = '', whole = '', point, decimals, unit] = match;
  const groups = whole.split(/[ .,'\u00a0\u202f]/);
  const separator = /[ .,'\u00a0\u202f]/.exec(whole)?.[0];
  const minus = sign === '-' ? '-' : '';
  if (point === undefined) {
    if (separator === undefined) return unit === undefined ? null : { number: `${minus}${whole}` };
    // "1.234" is a decimal number as the service writes it, "1,234" may be either.
    if (separator === '.' && groups.length === 2) return unit === undefined ? null : { number: `${minus}${whole}` };
    if (separator === ',' && groups.length === 2) return { number: null };
    return { number: `${minus}${groups.join('')}` };
  }
  if (separator === point) return null;
  if (point === '.' && separator === undefined && unit === undefined) return null;
  return { number: `${minus}${groups.join('')}.${decimals}` };
}
