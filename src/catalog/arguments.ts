/** From what a model sent to what a tool takes: put right where there is one reading, refused with reasons otherwise. */
import { ArgumentsError } from '../errors.ts';
import { isJsonObject } from '../json.ts';
import type { Log } from '../log.ts';
import { withRecordId } from './arguments/aliases.ts';
import { coerce, parsedContainer } from './arguments/coerce.ts';
import { withMore } from './arguments/more.ts';
import { shapeProblem } from './arguments/shape.ts';
import type { Validator } from './arguments/validator.ts';
import { count, describeExpected, describeValue } from './arguments/wording.ts';
import type { JsonObject, Tool } from './tool.ts';

const MAX_IN_MESSAGE = 10;
const MAX_IN_DETAILS = 50;
const MAX_IN_HINT = 60;

export type CheckedTool = Pick<Tool, 'descriptor' | 'validation' | 'resource'>;

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
    const { Validator } = await import('./arguments/validator.ts');
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
