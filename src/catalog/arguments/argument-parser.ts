import { ArgumentsError } from '../../core/errors.ts';
import { canonicalJson, isJsonObject, type JsonObject, objectIn } from '../../core/json.ts';
import { USUAL_CHARS } from '../../core/results.ts';
import { count } from '../../core/text.ts';
import type { AnswerOptions, CallContext, GatheredList, SaveRequest, Tool } from '../../core/tool.ts';
import { workspaceArgument } from '../workspace-argument.ts';
import type { Workspaces } from '../workspaces.ts';
import { fittedArguments, parsedContainer, quotedPath, shapeProblem, withoutArguments } from './fitted-arguments.ts';
import { idSource, suggestion, withRecordId } from './meant-arguments.ts';
import { OWN_ARGUMENTS, type OwnArgument, ownName } from './own-arguments.ts';
import { notClearable, prepareChange } from './record-change.ts';
import { argumentProblems } from './validator.ts';
import { describeExpected, describeValue } from './wording.ts';

/**
 * From what a model sent to what a call needs, in one pass: one object, the bridge's own arguments taken out, the rest
 * put right where there is one reading, refused with reasons otherwise.
 */
interface CallArguments {
  /** Coerced by the schema; exact numbers (bigint, LosslessNumber) stay exact. */
  readonly args: JsonObject;
  /** What makes the call: the tool's own, unless more has to be done around it. */
  readonly call: Tool['call'];
  readonly options: {
    /** Absent where the answer is to be given whole. */
    readonly answer?: AnswerOptions;
    readonly allowDuplicate: boolean;
    /** The code of a preview. */
    readonly confirmation?: string;
    /** Only what a person would be asked is wanted. */
    readonly preview?: true;
  };
}

/** For a model that asked for nothing in particular. */
export const FOR_MODELS: AnswerOptions = { fields: null, maxChars: USUAL_CHARS, from: 0 };
/** For a program that named some of the options: nothing is left out that it did not ask to be. */
const FOR_PROGRAMS: AnswerOptions = { fields: ['*'], maxChars: Number.POSITIVE_INFINITY, from: 0 };

const MAX_IN_MESSAGE = 10;
const MAX_IN_DETAILS = 50;
const MAX_IN_HINT = 60;

export class ArgumentParser {
  readonly #workspaces: Pick<Workspaces, 'placed'>;
  readonly #visible: () => readonly Tool[];

  /** @param visible the tools that an answer may name */
  constructor(workspaces: Pick<Workspaces, 'placed'>, visible: () => readonly Tool[] = () => []) {
    this.#workspaces = workspaces;
    this.#visible = visible;
  }

  /**
   * @param context of the call; its `answer` holds where the call says nothing of it
   * @throws LucantoError where something must be read first, and cannot; ArgumentsError naming every argument that does not fit; `details.errors` has one sentence each
   */
  async parse(tool: Tool, raw: unknown, context: CallContext): Promise<CallArguments> {
    const { answer: usual } = context;
    const given = unfolded(tool, objectFrom(tool, raw));
    const { options, rest, line, format } = takeOwn(tool, given, usual);
    const placed = withRecordId(await this.#workspaces.placed(rest, workspaceArgument(tool), context), tool);
    const own = (await tool.identify?.(placed, context)) ?? placed;
    const kept = tool.change === undefined ? [] : notClearable(tool, tool.change, own);
    if (kept.length > 0) throw refusal(tool, kept);
    const gathered = (await tool.gather?.(own)) ?? null;
    if (gathered !== null) {
      const many = this.#gathered(tool, own, gathered);
      return { options, args: own, call: savedAs(tool, format, options, many, false) };
    }
    const fitting = fittedArguments(own, tool.validation);
    const { change } = tool;
    if (change === undefined) {
      const args = this.#checked(tool, fitting);
      const call: Tool['call'] = (...given) => tool.call(...given);
      return { args, options, call: savedAs(tool, format, options, { args, call }, true) };
    }
    const { args: complete, call } = await prepareChange(tool, change, fitting.args, line, context);
    const args = this.#checked(tool, fittedArguments(complete, tool.validation));
    return { args, options, call: savedAs(tool, format, options, { args, call }, true) };
  }

  /** What would be refused, one sentence each; empty where the arguments fit. @throws LucantoError as `parse` does */
  async problems(tool: Tool, raw: unknown, context: CallContext): Promise<readonly string[]> {
    try {
      await this.parse(tool, raw, context);
      return [];
    } catch (error) {
      if (error instanceof ArgumentsError) return error.details.errors ?? [error.message];
      throw error;
    }
  }

  /** Each list that is read is checked like any call. @throws ArgumentsError */
  #gathered(tool: Tool, args: JsonObject, { queries, call }: GatheredList) {
    const checked = queries.map((query) => this.#checked(tool, fittedArguments(query, tool.validation)));
    return { args, call: (_args: JsonObject, context: CallContext) => call(checked, context) };
  }

  #checked(tool: Tool, { args, unknown }: ReturnType<typeof fittedArguments>): JsonObject {
    const { validation, route } = tool;
    const said = unknown.slice(0, MAX_IN_DETAILS);
    const suggested = said.map((one) => ({ ...one, meant: suggestion(one, validation, this.#visible(), args) }));
    // The schema of a remote tool may leave out what its endpoint takes all the same.
    const refused = suggested.filter(({ isForbidden, meant }) => isForbidden || route !== 'remote' || meant !== '');
    const rest = argumentProblems(withoutArguments(args, refused), validation);
    const problems = [
      ...rest.map((problem) => `${problem}${idSource(problem, args, this.#visible())}`),
      ...refused.map(({ place, name, meant }) => `unknown argument ${quotedPath(place, name)}${meant}`),
    ];
    if (problems.length > 0) throw refusal(tool, problems);
    return args;
  }
}

/** The call, or where it is asked for, what saves its rows as a file. */
function savedAs(
  { saveRows }: Tool,
  format: SaveRequest['format'] | null,
  { answer }: CallArguments['options'],
  { args, call }: Pick<CallArguments, 'args' | 'call'>,
  isOneList: boolean,
): Tool['call'] {
  if (format === null || saveRows === undefined) return call;
  const fields = answer?.fields ?? null;
  return (own, context) => saveRows({ format, fields, args, isOneList, call: (whole) => call(own, whole) }, context);
}

/** Some hosts send the whole object as a string, and nothing where there are no arguments. */
function objectFrom(tool: Tool, raw: unknown): JsonObject {
  const given = parsedContainer(raw ?? {});
  if (!isJsonObject(given)) throw refusal(tool, [`the arguments are ${describeValue(given)}, expected an object`]);
  const problem = shapeProblem(given);
  if (problem !== null) throw refusal(tool, [problem]);
  return given;
}

/** The members of `more` side by side with the other arguments. */
function unfolded(tool: Tool, args: JsonObject): JsonObject {
  const name = ownName(OWN_ARGUMENTS.more, tool);
  if (name === null || !Object.hasOwn(args, name)) return args;
  const { [name]: given, ...others } = args;
  const members = OWN_ARGUMENTS.more.parse(given, name) ?? {};
  const conflicting = Object.keys(members).filter(
    (one) => Object.hasOwn(others, one) && canonicalJson(others[one]) !== canonicalJson(members[one]),
  );
  if (conflicting.length === 0) return { ...members, ...others };
  const isOne = conflicting.length === 1;
  throw new ArgumentsError(
    `${conflicting.join(' and ')} ${isOne ? 'is' : 'are'} given twice with different values: in \`${name}\` and outside it; nothing was sent.`,
    { hint: `Give each argument once, in \`${name}\` or outside it.` },
  );
}

function takeOwn(tool: Tool, args: JsonObject, usual: AnswerOptions | undefined) {
  const rest = { ...args };
  const take = <T>(argument: OwnArgument<T>): T | null => {
    if (!argument.names.some((name) => Object.hasOwn(rest, name))) return null;
    const name = ownName(argument, tool);
    if (name === null || !Object.hasOwn(rest, name)) return null;
    const { [name]: given } = rest;
    delete rest[name];
    return argument.parse(given, name);
  };
  const answer = answerOptions(
    take(OWN_ARGUMENTS.fields),
    take(OWN_ARGUMENTS.max_chars),
    take(OWN_ARGUMENTS.cursor),
    usual,
  );
  const confirmation = take(OWN_ARGUMENTS.confirmation);
  const line = take(OWN_ARGUMENTS.line);
  const format = take(OWN_ARGUMENTS.save_as);
  const options: CallArguments['options'] = {
    ...(answer !== undefined && { answer }),
    allowDuplicate: take(OWN_ARGUMENTS.allow_duplicate) === true,
    ...(confirmation !== null && { confirmation }),
    ...(take(OWN_ARGUMENTS.preview) === true && { preview: true }),
  };
  return { options, line, format, rest };
}

function answerOptions(
  fields: AnswerOptions['fields'],
  maxChars: number | null,
  from: number | null,
  usual: AnswerOptions | undefined,
): AnswerOptions | undefined {
  if (fields === null && maxChars === null && from === null) return usual;
  const base = usual ?? FOR_PROGRAMS;
  return { fields: fields ?? base.fields, maxChars: maxChars ?? base.maxChars, from: from ?? base.from };
}

function refusal(tool: Tool, problems: readonly string[]): ArgumentsError {
  const { name } = tool.descriptor;
  const shown = problems.slice(0, MAX_IN_MESSAGE).join('; ');
  const rest =
    problems.length > MAX_IN_MESSAGE ? `; and ${count(problems.length - MAX_IN_MESSAGE, 'more problem')}` : '';
  return new ArgumentsError(`The arguments do not fit ${name}: ${shown}${rest}.`.replace(/\?\.$/, '?'), {
    hint: `Nothing was sent. Fix these and try again: ${name} takes ${accepted(tool)}.`,
    details: { errors: problems.slice(0, MAX_IN_DETAILS).map((problem) => `${problem}.`.replace(/\?\.$/, '?')) },
  });
}

/** `contact_id (an integer, required), currency, due_date`. */
function accepted({ validation, change }: Tool): string {
  const { properties, required } = validation;
  const described = Object.entries(objectIn(properties));
  if (described.length === 0) return 'no arguments';
  // What a change needs besides is read from the record.
  const isRead = (name: string) => change?.read != null && change.fields.some(({ arg }) => arg === name);
  const isNeeded = (name: string) => Array.isArray(required) && required.includes(name) && !isRead(name);
  const ordered = [...described.filter(([name]) => isNeeded(name)), ...described.filter(([name]) => !isNeeded(name))];
  const words = ordered.slice(0, MAX_IN_HINT).map(([name, schema]) => {
    if (!isNeeded(name)) return name;
    return `${name} (${isJsonObject(schema) ? `${describeExpected(schema, validation)}, ` : ''}required)`;
  });
  const rest = ordered.length > MAX_IN_HINT ? ` and ${ordered.length - MAX_IN_HINT} more` : '';
  return `${words.join(', ')}${rest}`;
}
