import { WORDS } from '../../contract/curated-words.ts';
import { isJsonObject, type JsonSchema } from '../../core/json.ts';
import { ALLOW_DUPLICATE, type ToolDescriptor } from '../../core/tool.ts';
import { OWN_ARGUMENTS } from '../arguments/own-arguments.ts';

/** A property of a portable schema in words: `items [{name, quantity (1.0), unit}]`. Names are never left out. */
function fieldWords(name: string, schema: unknown): string {
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

function shapeWords(schema: unknown): { readonly fields: string; readonly values: string } {
  if (!isJsonObject(schema)) return { fields: '', values: '' };
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

/** One tool as `tools/list` shows it, on its way through the steps that make the list shorter. */
export interface ListedTool {
  readonly descriptor: ToolDescriptor;
  /** Arguments that may be told in words, in one argument; empty for a tool that is shown as it is. */
  readonly details: ReadonlySet<string>;
  /** A sentence that protects the user; it stays however short the list becomes. Empty for none. */
  readonly caution: string;
}

export function propertiesOf(schema: JsonSchema): Readonly<Record<string, JsonSchema>> {
  const { properties } = schema;
  if (!isJsonObject(properties)) return {};
  return Object.fromEntries(
    Object.entries(properties).filter((entry): entry is [string, JsonSchema] => isJsonObject(entry[1])),
  );
}

export function withNested(schema: JsonSchema, change: (below: JsonSchema) => JsonSchema): JsonSchema {
  const { properties, items, additionalProperties: others } = schema;
  const changed = (below: unknown) => (isJsonObject(below) ? change(below) : below);
  return {
    ...schema,
    ...(isJsonObject(properties) && {
      properties: Object.fromEntries(Object.entries(properties).map(([name, below]) => [name, changed(below)])),
    }),
    ...(items !== undefined && { items: changed(items) }),
    ...(others !== undefined && { additionalProperties: changed(others) }),
  };
}

export function withSchema(tool: ListedTool, inputSchema: JsonSchema): ListedTool {
  return { ...tool, descriptor: { ...tool.descriptor, inputSchema } };
}

export function optionalOf({ descriptor: { inputSchema } }: ListedTool): readonly string[] {
  const { required } = inputSchema;
  const needed = new Set<unknown>(Array.isArray(required) ? required : []);
  return Object.keys(propertiesOf(inputSchema)).filter((name) => !needed.has(name));
}

/** Arguments that stand in most tools, so that no reference to another tool has to mention them. */
export const COMMON_ARGUMENTS: ReadonlySet<string> = new Set(['workspace_id', 'limit', ...Object.keys(OWN_ARGUMENTS)]);

/** Words of each argument by name, for every tool that has details. */
type Told = ReadonlyMap<string, string>;

/**
 * Arguments that are seldom needed, told in words: one object argument `more` names them all, and where several tools
 * share them, the others refer to the one that does. The arguments stay arguments: a call may give them side by side
 * or inside `more` (arguments/own-arguments.ts).
 * @param spare characters that a reference to another tool must spare
 */
export function detailsInWords(tools: readonly ListedTool[], spare: number): readonly ListedTool[] {
  const told = new Map(tools.filter(({ details }) => details.size > 0).map((tool) => [tool, wordsOf(tool)]));
  const models = modelsOf(told);
  return tools.map((tool) => {
    const own = told.get(tool);
    return own === undefined ? tool : fold(tool, own, models, spare);
  });
}

function wordsOf({ descriptor }: ListedTool): Told {
  const entries = Object.entries(propertiesOf(descriptor.inputSchema));
  return new Map(entries.map(([name, schema]) => [name, fieldWords(name, schema)]));
}

/** A tool that tells its arguments in full, for others to refer to. */
interface Model {
  readonly tool: ListedTool;
  readonly words: Told;
}

/** The tools that tell their details in full: for each set of them the first, those that most tools share first. */
function modelsOf(told: ReadonlyMap<ListedTool, Told>): readonly Model[] {
  const groups = new Map<string, Model[]>();
  for (const [tool, words] of told) {
    if (propertiesOf(tool.descriptor.inputSchema).id !== undefined) continue;
    const key = JSON.stringify([...words.values()].sort());
    groups.set(key, [...(groups.get(key) ?? []), { tool, words }]);
  }
  return [...groups.values()]
    .sort((a, b) => b.length - a.length)
    .flatMap((group) => group.find(isDocumented) ?? group.slice(0, 1));
}

/** The one that is asked for most. */
function isDocumented({ tool }: Model): boolean {
  return WORDS.get(tool.descriptor.name)?.documented === true;
}

function fold(tool: ListedTool, own: Told, models: readonly Model[], spare: number): ListedTool {
  const { inputSchema } = tool.descriptor;
  const properties = propertiesOf(inputSchema);
  const folded = [...own].filter(([name]) => tool.details.has(name));
  const name = OWN_ARGUMENTS.more.names.find((free) => !Object.hasOwn(properties, free));
  if (folded.length === 0 || name === undefined) return tool;
  const shown = Object.entries(properties)
    .filter(([property]) => !tool.details.has(property))
    .map(([property, schema]) => [property, referred(tool, property, schema, own, models)] as const);
  const more: JsonSchema = { type: 'object', description: describe(tool, folded, models, spare) };
  return withSchema(tool, { ...inputSchema, properties: { ...Object.fromEntries(shown), [name]: more } });
}

function describe(
  tool: ListedTool,
  folded: readonly (readonly [string, string])[],
  models: readonly Model[],
  spare: number,
): string {
  const full = inWords(folded);
  const place = models.findIndex((model) => model.tool === tool);
  // Only to earlier ones, or two tools could refer to each other.
  const others = (place === -1 ? models : models.slice(0, place)).map((model) => comparison(model, tool, folded));
  const [best] = others.sort((a, b) => b.shared.size - a.shared.size);
  // A reference must spare most of the words, or it is one more thing to look up for nothing.
  if (best === undefined || best.shared.size * 2 <= folded.length) return full;
  const added = folded.filter(([name]) => !best.shared.has(name));
  const text = [
    best.telling.length === 0 ? `as in ${best.name}` : `${best.telling.join(', ')} and the rest as in ${best.name}`,
    ...(best.missing.length === 0 ? [] : [` but ${best.missing.join(', ')}`]),
    ...(added.length === 0 ? [] : [`; ${inWords(added)}`]),
  ].join('');
  return text.length + spare < full.length ? text : full;
}

/** Neighbours of which the same is said share it: `from/to (YYYY-MM-DD)`. */
function inWords(told: readonly (readonly [string, string])[]): string {
  const groups: { names: string[]; said: string }[] = [];
  for (const [name, words] of told) {
    const said = words.slice(name.length);
    const last = groups.at(-1);
    if (last !== undefined && said !== '' && last.said === said) last.names.push(name);
    else groups.push({ names: [name], said });
  }
  return groups.map(({ names, said }) => `${names.join('/')}${said}`).join(', ');
}

function comparison(
  model: Model,
  tool: ListedTool,
  folded: readonly (readonly [string, string])[],
): {
  readonly name: string;
  readonly shared: ReadonlySet<string>;
  readonly telling: readonly string[];
  readonly missing: readonly string[];
} {
  const { words: theirs } = model;
  const own = propertiesOf(tool.descriptor.inputSchema);
  // What the model shows beside is not among the fields that the reference speaks of.
  const isBeside = (name: string) => COMMON_ARGUMENTS.has(name) && !model.tool.details.has(name);
  const shared = folded.filter(([name, words]) => theirs.get(name) === words).map(([name]) => name);
  return {
    name: model.tool.descriptor.name,
    shared: new Set(shared),
    telling: shared.filter((name) => !model.tool.details.has(name)),
    missing: [...theirs.keys()].filter(
      (name) => !Object.hasOwn(own, name) && !isBeside(name) && name !== ALLOW_DUPLICATE,
    ),
  };
}

/** A nested argument that a model shows in full already. */
function referred(tool: ListedTool, name: string, schema: JsonSchema, own: Told, models: readonly Model[]): JsonSchema {
  const nested = schema.type === 'array' ? schema.items : schema;
  if (!isJsonObject(nested) || !isJsonObject(nested.properties)) return schema;
  const place = models.findIndex((model) => model.tool === tool);
  const earlier = place === -1 ? models : models.slice(0, place);
  const shows = ({ tool: other, words }: Model) => !other.details.has(name) && words.get(name) === own.get(name);
  const model = earlier.find(shows);
  if (model === undefined) return schema;
  const description = `as in ${model.tool.descriptor.name}`;
  return schema.type === 'array'
    ? { type: 'array', items: { type: 'object' }, description }
    : { type: 'object', description };
}
