import { FieldNames, plainName } from '../../contract/field-names.ts';
import { FIELD_ROLES } from '../../contract/field-roles.ts';
import { ArgumentsError } from '../../core/errors.ts';
import {
  arrayIn,
  isJsonObject,
  isListOfRecords,
  type JsonObject,
  objectIn,
  recordIn,
  tryParseJson,
} from '../../core/json.ts';
import type { ValuePath } from '../../core/schema-keywords.ts';
import { count } from '../../core/text.ts';
import type { ReadRecord, RecordChange, Tool } from '../../core/tool.ts';
import { argumentPath, fittedArguments, type UnknownArgument, withoutArguments } from './fitted-arguments.ts';
import { SchemaPlace } from './schema-place.ts';
import { isSame, shown, valueChange, valueChanges } from './wording.ts';

/** The arguments of a call that changes a record on their way from what was said to what is sent. */

export class ChangeDraft {
  readonly #tool: Tool;
  readonly #change: RecordChange;
  readonly #unknown: readonly UnknownArgument[];
  readonly #given: JsonObject;
  readonly #schema: SchemaPlace;

  constructor(tool: Tool, change: RecordChange, given: JsonObject) {
    this.#tool = tool;
    this.#change = change;
    this.#given = given;
    this.#schema = SchemaPlace.of(tool.validation);
    this.#unknown = fittedArguments(given, tool.validation).unknown;
  }

  /** Whether something was given that nothing takes, and that may be part of the record all the same. */
  mayBeComputed(): boolean {
    const described = this.#tool.answerFields?.() ?? [];
    return this.#unknown.some(
      ({ place, name }) => place.length > 0 || described.length === 0 || described.some((field) => field.name === name),
    );
  }

  missing(args: JsonObject): readonly string[] {
    const needed = arrayIn(this.#tool.validation.required);
    return this.#change.fields.flatMap(({ arg }) => (needed.includes(arg) && args[arg] === undefined ? arg : []));
  }

  listsIn(args: JsonObject): readonly string[] {
    return this.#change.fields.flatMap(({ arg }) => (isListOfRecords(args[arg]) && this.#itemsOf(arg) ? arg : []));
  }

  /** Whether something is given of which the service may keep, or lose, what is not given. */
  hasParts(args: JsonObject): boolean {
    return this.listsIn(args).length > 0 || this.#change.fields.some(({ arg }) => isJsonObject(args[arg]));
  }

  /** The arguments that say which record it is. */
  addressed(line: number | null): JsonObject {
    const fields = new Set(line === null ? this.#change.fields.map(({ arg }) => arg) : []);
    return Object.fromEntries(Object.entries(this.#given).filter(([name]) => !fields.has(name)));
  }

  /** @throws ArgumentsError where there is no such line */
  withLine(args: JsonObject, line: number, before: ReadRecord | null): JsonObject {
    const { name } = this.#tool.descriptor;
    const lines = lineArgument(this.#tool, this.#change);
    const property = this.#change.fields.find(({ arg }) => arg === lines)?.property;
    const rows = property === undefined ? undefined : before?.record[property];
    if (lines === null || !Array.isArray(rows)) {
      throw new ArgumentsError(`The lines of this record cannot be read, so ${name} cannot change one of them.`, {
        hint: 'Nothing was sent. Give all lines.',
      });
    }
    const row: unknown = rows[line - 1];
    if (!isJsonObject(row)) {
      throw new ArgumentsError(`There is no line ${line}: the record has ${count(rows.length, 'line')}.`, {
        hint: 'Nothing was sent. Lines are counted from 1.',
      });
    }
    const ofLine = new Set(this.#itemsOf(lines));
    const ofRecord = new Set(this.#schema.known);
    const nested = [args[lines]].flat().find(isJsonObject) ?? {};
    const isOfLine = (key: string) => key !== lines && key !== 'id' && (ofLine.has(key) || !ofRecord.has(key));
    const own = Object.entries(args);
    const fields = { ...nested, ...Object.fromEntries(own.filter(([key]) => isOfLine(key))) };
    const computed = Object.keys(fields).filter((key) => !ofLine.has(key) && Object.hasOwn(row, key));
    if (Object.keys(fields).length === computed.length) {
      const why = computed.length === 0 ? '' : `: the service sets ${computed.join(', ')} itself`;
      throw new ArgumentsError(`No field of line ${line} to change was given${why}.`, {
        hint: `Nothing was sent. Give the fields to change: ${[...ofLine].join(', ')}.`,
      });
    }
    const others = Object.fromEntries(own.filter(([key]) => key !== lines && !isOfLine(key)));
    const settable = (one: unknown) => (isJsonObject(one) ? this.#settable(lines, one) : one);
    return {
      ...others,
      [lines]: rows.map((one, at) => (at === line - 1 ? { ...Object(settable(row)), ...fields } : settable(one))),
    };
  }

  /** @returns the arguments that the service takes, and the paths of those that it sets itself */
  withoutComputed(args: JsonObject, before: ReadRecord | null) {
    const unknown = fittedArguments(args, this.#tool.validation).unknown;
    const computed = unknown.filter((one) => this.#isComputed(one, before));
    this.#refuseOther(args, computed, before);
    const paths = computed.map(({ place, name }) => argumentPath([...place, name]).replace(/\[\d+\]/g, '[]'));
    return { args: withoutArguments(args, computed), computed: [...new Set(paths)] };
  }

  /** @throws ArgumentsError where the call gives no field that can be changed */
  refuseNothing(args: JsonObject, computed: readonly string[]): void {
    const { fields } = this.#change;
    if (fields.some(({ arg }) => this.#schema.member(arg).tells(args[arg], args.id))) return;
    const others = Object.keys(args).filter((name) => !Object.hasOwn(objectIn(this.#tool.validation.properties), name));
    // A misspelt field is refused as such.
    if (others.length > 0) return;
    const { name } = this.#tool.descriptor;
    const why =
      computed.length === 0 ? 'no field to change was given' : `the service sets ${computed.join(', ')} itself`;
    throw new ArgumentsError(`${name} would change nothing: ${why}.`, {
      hint: `Nothing was sent. It can change ${fields.map(({ arg }) => arg).join(', ')}.`,
    });
  }

  /** With the fields that the service demands, or all where it replaces the record whole, as they were read. */
  completed(args: JsonObject, before: ReadRecord | null) {
    if (before === null) return { args, filled: [] };
    const { fields, replaces } = this.#change;
    const missing = new Set(this.missing(args));
    const filled = fields.flatMap(({ arg, property }) => {
      const value = before.record[property];
      if (args[arg] !== undefined || value === undefined || !(replaces || missing.has(arg))) return [];
      if (!missing.has(arg) && !this.#fits(arg, value)) return [];
      return [[arg, this.#settable(null, { [arg]: value })[arg] ?? null] as const];
    });
    return { args: { ...Object.fromEntries(filled), ...args }, filled: filled.map(([arg]) => arg) };
  }

  /** `items: 3 lines before, 1 now.` @param answer the text of the answer */
  counts(arg: string, args: JsonObject, before: ReadRecord | null, answer: unknown): string {
    const property = this.#change.fields.find((field) => field.arg === arg)?.property ?? arg;
    const was = lengthOf(before?.record[property]);
    const sent = lengthOf(args[arg]) ?? 0;
    const now = lengthOf(answeredRecord(answer)?.[property]) ?? sent;
    const earlier = was === null ? 'how many there were is not known' : `${count(was, 'line')} before`;
    const other = now === sent ? '' : ` (${sent} were sent)`;
    return `${arg}: ${earlier}, ${now} now${other}.`;
  }

  /**
   * `Line 2: quantity 3.0 → 4.0.` Empty where the record was not read before. @param args without what was only filled in
   * @param answer the text of the answer
   */
  changes(args: JsonObject, line: number | null, before: ReadRecord | null, answer: unknown): string {
    if (before === null) return '';
    const now = answeredRecord(answer);
    const lines = line === null ? null : lineArgument(this.#tool, this.#change);
    const fields = this.#change.fields.filter(({ arg }) => args[arg] !== undefined);
    const all = fields.flatMap(({ arg, property }) => {
      if (arg === lines) return this.#lineChanges(arg, property, args, Number(line), before.record, now);
      return valueChanges(arg, before.record[property], args[arg], now === null ? undefined : (now[property] ?? null));
    });
    const changed = all.filter(({ isChanged }) => isChanged);
    const kept = all.find(({ arg }) => arg === lines)?.is;
    if (changed.length === 0) return kept === undefined ? 'Nothing changed.' : `Nothing changed: ${kept}.`;
    // How many lines there are is said of lists.
    const lists = lines === null ? this.listsIn(args) : [];
    return changed.flatMap(({ arg, text }) => (lists.includes(arg) ? [] : [`${text}.`])).join(' ');
  }

  #lineChanges(arg: string, property: string, args: JsonObject, line: number, was: JsonObject, now: JsonObject | null) {
    const row = (record: JsonObject, name: string) => objectIn(arrayIn(record[name])[line - 1]);
    const [old, sent] = [row(was, property), row(args, arg)];
    const isSameList = now !== null && lengthOf(now[property]) === lengthOf(was[property]);
    const nested = [this.#given[arg]].flat().find(isJsonObject) ?? {};
    const names = Object.keys(sent).filter((name) => Object.hasOwn(nested, name) || Object.hasOwn(this.#given, name));
    const all = names.map((name) =>
      valueChange(name, old[name], sent[name], isSameList ? (row(now, property)[name] ?? null) : undefined),
    );
    const changed = all.filter(({ isChanged }) => isChanged);
    return {
      arg,
      isChanged: changed.length > 0,
      text: `Line ${line}: ${changed.map(({ text }) => text).join(', ')}; the others went back as they were read`,
      is: all.map(({ is }) => `${is} in line ${line}`).join(', '),
    };
  }

  /** What can be set of a value that was read; without what is null, unless null can be set. @param list of its items */
  #settable(list: string | null, value: JsonObject): JsonObject {
    const args = list === null ? value : { [list]: [value] };
    const pruned = withoutArguments(args, fittedArguments(args, this.#tool.validation).unknown);
    const at = list === null ? this.#schema : this.#schema.member(list).item(0);
    const own = list === null ? pruned : [pruned[list]].flat().find(isJsonObject);
    return Object.fromEntries(
      Object.entries(own ?? {}).filter(([name, member]) => member !== null || at.member(name).takes(null)),
    );
  }

  #fits(arg: string, value: unknown): boolean {
    const at = this.#schema.member(arg);
    return at.takes(value) || (typeof value === 'number' && at.takes(''));
  }

  #isComputed({ place, name }: UnknownArgument, before: ReadRecord | null): boolean {
    if (before === null)
      return place.length === 0 && (this.#tool.answerFields?.() ?? []).some((one) => one.name === name);
    return namesAt(before.record, this.#inRecord(place)).has(name);
  }

  /** What the service sets itself cannot be set to another value: that is said, not left out. */
  #refuseOther(args: JsonObject, computed: readonly UnknownArgument[], before: ReadRecord | null): void {
    if (before === null) return;
    const isRecomputed = this.listsIn(args).length > 0;
    const others = computed.flatMap(({ place, name }) => {
      if (place.length > 0 || isSame(args[name], before.record[name]) || (isRecomputed && isTotal(name))) return [];
      const id = new FieldNames(this.#change.fields.map(({ arg }) => arg)).find(`${plainName(name)}_id`);
      const how = id === null ? 'cannot be changed, the service sets it itself' : `is changed by \`${id}\``;
      return [`\`${name}\` ${how} (it is ${shown(before.record[name])})`];
    });
    if (others.length === 0) return;
    throw new ArgumentsError(`${this.#tool.descriptor.name}: ${others.join('; ')}.`, {
      hint: 'Nothing was sent. If the record changed since it was read, read it again; otherwise leave these out.',
    });
  }

  #inRecord(place: ValuePath): ValuePath {
    const [first, ...rest] = place;
    if (first === undefined) return place;
    return [this.#change.fields.find(({ arg }) => arg === first)?.property ?? first, ...rest];
  }

  #itemsOf(arg: string): readonly string[] | null {
    return this.#schema.member(arg).item(0).known;
  }
}

/** The argument that holds the lines of a document: by its role, or the only one that is a list of objects. */
function lineArgument({ validation }: Tool, { fields }: RecordChange): string | null {
  const lists = fields.flatMap(({ arg }) => (SchemaPlace.of(validation).member(arg).item(0).known === null ? [] : arg));
  const spelled = new FieldNames(lists);
  const [known] = FIELD_ROLES.lines.names.flatMap((name) => spelled.find(name) ?? []);
  return known ?? (lists.length === 1 ? (lists[0] ?? null) : null);
}

function lengthOf(value: unknown): number | null {
  return Array.isArray(value) ? value.length : null;
}

/** The record in an answer; null where it was shortened, or does not show it. */
function answeredRecord(answer: unknown): JsonObject | null {
  if (typeof answer !== 'string' || answer.includes('"items_shown"')) return null;
  const value = tryParseJson(answer);
  if (!isJsonObject(value)) return null;
  const named = [value, ...Object.values(value).filter(isJsonObject)].find(({ id }) => id !== undefined);
  // Of an empty answer, `status` is that of the request.
  return named ?? (value.ok === true ? null : recordIn(value));
}

/** Names of members at a place of the record; in a list, of any of its items. */
function namesAt(record: JsonObject, place: ValuePath): ReadonlySet<string> {
  const found = place.reduce<readonly unknown[]>(
    (values, step) =>
      values.flatMap((value) => (typeof step === 'number' ? value : isJsonObject(value) ? [value[step]] : [])),
    [record],
  );
  return new Set(found.flat().flatMap((value) => (isJsonObject(value) ? Object.keys(value) : [])));
}

function isTotal(name: string): boolean {
  const { total, net, vat } = FIELD_ROLES;
  return [total, net, vat].some(({ names }) => names.includes(plainName(name)));
}
