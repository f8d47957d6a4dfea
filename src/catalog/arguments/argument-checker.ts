import { ArgumentsError } from '../../core/errors.ts';
import { canonicalJson, isJsonObject, type JsonObject } from '../../core/json.ts';
import type { Log } from '../../core/log.ts';
import type { Tool } from '../../core/tool.ts';
import { coerce, parsedContainer, shapeProblem } from './coerce.ts';
import type { Validator } from './validator.ts';
import { count, describeExpected, describeValue } from './wording.ts';

/** The record is `id`, and what it belongs to `project_id`; models do not always notice which of the two a tool takes. */
const WORKSPACE = 'workspace_id';

/** The arguments with an `id` that the schema does not have moved to the one parameter that it must have meant. */
function withRecordId(args: JsonObject, tool: Pick<Tool, 'descriptor' | 'validation' | 'resource'>): JsonObject {
  const properties = isJsonObject(tool.validation.properties) ? tool.validation.properties : {};
  if (Object.hasOwn(properties, 'id')) return withPlainId(args, tool, properties);
  if (!Object.hasOwn(args, 'id')) return args;
  const target = missingRecord(args, tool) ?? missingWorkspace(args, tool, properties);
  if (target === null) return args;
  const { id, ...others } = args;
  return { ...others, [target]: id };
}

/** `expense_id` of lucanto_create_expense_receipt, whose record is `id`. */
function withPlainId(args: JsonObject, { descriptor }: Pick<Tool, 'descriptor'>, properties: JsonObject): JsonObject {
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

function missingRecord(
  args: JsonObject,
  { validation, descriptor }: Pick<Tool, 'descriptor' | 'validation'>,
): string | null {
  const required = Array.isArray(validation.required) ? validation.required : [];
  const missing = required.filter(
    (name) => typeof name === 'string' && name.endsWith('_id') && name !== WORKSPACE && isAbsent(args, name),
  );
  const [only] = missing;
  if (missing.length !== 1 || typeof only !== 'string') return null;
  // A write may reference records that are not its own (a new invoice's contact_id): there the name must agree.
  const isOwn =
    descriptor.annotations.readOnlyHint || `${descriptor.name}_`.includes(`_${only.slice(0, -'_id'.length)}_`);
  return isOwn ? only : null;
}

function missingWorkspace(args: JsonObject, tool: Pick<Tool, 'resource'>, properties: JsonObject): string | null {
  const applies = tool.resource === 'workspaces' && Object.hasOwn(properties, WORKSPACE) && isAbsent(args, WORKSPACE);
  return applies ? WORKSPACE : null;
}

function isAbsent(args: JsonObject, name: string): boolean {
  return !Object.hasOwn(args, name) || args[name] === null;
}

/** The argument that stands for many (listing/details.ts): what it holds is what a call could have given side by side. */
/** Its names; the second where a tool has an argument of the first. */
export const MORE = ['more', 'more_fields'] as const;

/**
 * The arguments with the members of `more` beside the others.
 * @throws ArgumentsError where one is given in both with different values: which was meant cannot be known
 */
export function withMore(args: JsonObject, tool: Pick<Tool, 'validation'>): JsonObject {
  const known = isJsonObject(tool.validation.properties) ? tool.validation.properties : {};
  const name = MORE.find((one) => !Object.hasOwn(known, one));
  if (name === undefined || !Object.hasOwn(args, name)) return args;
  const { [name]: given, ...beside } = args;
  const members = typeof given === 'string' ? parsedContainer(given) : given;
  if (members === null || members === undefined) return beside;
  if (!isJsonObject(members)) return args;
  const twice = Object.keys(members).filter(
    (one) => Object.hasOwn(beside, one) && canonicalJson(beside[one]) !== canonicalJson(members[one]),
  );
  if (twice.length === 0) return { ...members, ...beside };
  throw new ArgumentsError(
    `${twice.join(' and ')} ${twice.length === 1 ? 'is' : 'are'} given in \`${name}\` and beside it with different values; nothing was sent.`,
    {
      hint: `Give each argument once, in \`${name}\` or beside it.`,
    },
  );
}

/** From what a model sent to what a tool takes: put right where there is one reading, refused with reasons otherwise. */
const MAX_IN_MESSAGE = 10;
const MAX_IN_DETAILS = 50;
const MAX_IN_HINT = 60;

type CheckedTool = Pick<Tool, 'descriptor' | 'validation' | 'resource'>;

export class ArgumentChecker {
  readonly #log: Log;
  #validator: Promise<Validator> | undefined;

  constructor(log: Log) {
    this.#log = log;
  }

  /**
   * The arguments to use: coerced by the schema, with exact numbers (bigint, LosslessNumber) kept exact.
   * @throws ArgumentsError naming every field that does not fit; `details.errors` has one sentence each.
   */
  async check(tool: CheckedTool, args: unknown): Promise<JsonObject> {
    const given = typeof args === 'string' ? parsedContainer(args) : (args ?? {});
    if (!isJsonObject(given)) throw refusal(tool, [`the arguments are ${describeValue(given)}, expected an object`]);
    const refused = shapeProblem(given);
    if (refused !== null) throw refusal(tool, [refused]);
    const coerced = coerce(withRecordId(withMore(given, tool), tool), tool.validation);
    if (!isJsonObject(coerced)) throw refusal(tool, ['the arguments are not an object']);
    this.#validator ??= this.#load();
    const problems = (await this.#validator).problems(tool.descriptor.name, tool.validation, coerced);
    if (problems.length > 0) throw refusal(tool, problems);
    return coerced;
  }

  async #load(): Promise<Validator> {
    const { Validator } = await import('./validator.ts');
    return new Validator(this.#log);
  }
}

function refusal(tool: CheckedTool, problems: readonly string[]): ArgumentsError {
  const { name } = tool.descriptor;
  const shown = problems.slice(0, MAX_IN_MESSAGE).join('; ');
  const rest =
    problems.length > MAX_IN_MESSAGE ? `; and ${count(problems.length - MAX_IN_MESSAGE, 'more problem')}` : '';
  return new ArgumentsError(`The arguments do not fit ${name}: ${shown}${rest}.`, {
    hint: `Nothing was sent. Call ${name} again with these put right; it takes ${takes(tool)}.`,
    details: { errors: problems.slice(0, MAX_IN_DETAILS).map((problem) => `${problem}.`.replace(/\?\.$/, '?')) },
  });
}

/** `contact_id (an integer, required), currency, due_date`. */
function takes(tool: CheckedTool): string {
  const { properties, required } = tool.validation;
  const described = Object.entries(isJsonObject(properties) ? properties : {});
  if (described.length === 0) return 'no arguments';
  const isNeeded = (name: string) => Array.isArray(required) && required.includes(name);
  const ordered = [...described.filter(([name]) => isNeeded(name)), ...described.filter(([name]) => !isNeeded(name))];
  const words = ordered.slice(0, MAX_IN_HINT).map(([name, schema]) => {
    if (!isNeeded(name)) return name;
    return `${name} (${isJsonObject(schema) ? `${describeExpected(schema, tool.validation)}, ` : ''}required)`;
  });
  const rest = ordered.length > MAX_IN_HINT ? ` and ${ordered.length - MAX_IN_HINT} more` : '';
  return `${words.join(', ')}${rest}`;
}
