/** A property of a portable schema in words: `items [{name, quantity (1.0), unit}]`. Names are never left out. */
import { isJsonObject } from '../../json.ts';

export function fieldWords(name: string, schema: unknown): string {
  const shape = shapeWords(schema);
  const hints = [
    shape.values,
    isJsonObject(schema) && typeof schema.description === 'string' ? schema.description : '',
  ];
  const said = hints.filter((hint) => hint !== '').join(', ');
  return `${name}${shape.fields === '' ? '' : ` ${shape.fields}`}${said === '' ? '' : ` (${said})`}`;
}

/** `{name, street}`, `[{name, quantity}]`; empty for what has no properties. */
export function fieldsInWords(schema: unknown): string {
  return shapeWords(schema).fields;
}

interface ShapeWords {
  readonly fields: string;
  readonly values: string;
}

const NONE: ShapeWords = { fields: '', values: '' };

function shapeWords(schema: unknown): ShapeWords {
  if (!isJsonObject(schema)) return NONE;
  const { type, properties, items, additionalProperties } = schema;
  if (Array.isArray(schema.enum)) return { fields: '', values: schema.enum.map(String).join('|') };
  const others = isJsonObject(additionalProperties) ? shapeWords(additionalProperties).fields : '';
  const members = [
    ...(isJsonObject(properties) ? membersInWords(properties) : []),
    ...(others === '' ? [] : [`any name ${others}`]),
  ];
  if (members.length > 0) return { fields: `{${members.join(', ')}}`, values: '' };
  if (type === 'array') {
    const inner = shapeWords(items);
    return { fields: `[${inner.fields}]`, values: inner.values };
  }
  if (type === 'object') return { fields: '{}', values: '' };
  return { fields: '', values: type === 'boolean' ? 'bool' : '' };
}

/** A member of the same shape as an earlier one says so instead of repeating it. */
function membersInWords(properties: Readonly<Record<string, unknown>>): readonly string[] {
  const told = new Map<string, string>();
  return Object.entries(properties).map(([name, property]) => {
    const { fields } = shapeWords(property);
    const earlier = fields.length > LONG ? told.get(fields) : undefined;
    if (earlier !== undefined) return `${name} (as ${earlier})`;
    told.set(fields, name);
    return fieldWords(name, property);
  });
}

const LONG = 20;
