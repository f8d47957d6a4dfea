import { FieldNames, plainName } from '../../contract/field-names.ts';
import { FIELD_ROLES } from '../../contract/field-roles.ts';
import { ArgumentsError } from '../../core/errors.ts';
import {
  arrayIn,
  isJsonObject,
  isListOfRecords,
  type JsonObject,
  objectIn,
  recordShowing,
  tryParseJson,
} from '../../core/json.ts';
import type { ValuePath } from '../../core/schema-keywords.ts';
import { count } from '../../core/text.ts';
import type { ReadRecord, RecordChange, Tool } from '../../core/tool.ts';
import {
  argumentPath,
  fittedArguments,
  SchemaPlace,
  type UnknownArgument,
  withoutArguments,
} from './fitted-arguments.ts';
import { isSame, shown, valueChange, valueChanges } from './wording.ts';

/** The arguments of a call that changes a record on their way from what was said to what is sent. */

export class ChangeDraft {
  readonly #tool: Tool;
  readonly #change: RecordChange;
  readonly #unknown: readonly UnknownArgument[];
  readonly #given: JsonObject;
  readonly #schema: SchemaPlace;
  readonly #name: string;
  /** The arguments of the tool. */
  readonly #known: readonly string[];

  constructor(tool: Tool, change: RecordChange, given: JsonObject) {
    this.#tool = tool;
    this.#change = change;
    this.#given = given;
    this.#schema = SchemaPlace.of(tool.validation);
    this.#unknown = fittedArguments(given, tool.validation).unknown;
    this.#name = tool.descriptor.name;
    this.#known = Object.keys(objectIn(tool.validation.properties));
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
  hasParts(): boolean {
    return (
      this.listsIn(this.#given).length > 0 || this.#change.fields.some(({ arg }) => isJsonObject(this.#given[arg]))
    );
  }

  /** @throws ArgumentsError where there is no such line */
  withLine(line: number, before: ReadRecord | null): JsonObject {
    const lines = this.#lines();
    const rows = lines === undefined ? undefined : before?.record[lines.property];
    if (lines === undefined || !Array.isArray(rows)) {
      throw new ArgumentsError(`The lines of this record cannot be read, so ${this.#name} cannot change one of them.`, {
        hint: 'Nothing was sent. Give all lines.',
      });
    }
    const row: unknown = rows[line - 1];
    if (!isJsonObject(row)) {
      throw new ArgumentsError(`There is no line ${line}: the record has ${count(rows.length, 'line')}.`, {
        hint: 'Nothing was sent. Lines are counted from 1.',
      });
    }
    const { ofLine, others } = this.#dividedBy(lines.arg, lines.items);
    const computed = Object.keys(ofLine).filter((key) => !lines.items.includes(key) && Object.hasOwn(row, key));
    if (Object.keys(ofLine).length === computed.length) {
      const why = computed.length === 0 ? '' : `: the service sets ${computed.join(', ')} itself`;
      throw new ArgumentsError(`No field of line ${line} to change was given${why}.`, {
        hint: `Nothing was sent. Give the fields to change: ${lines.items.join(', ')}.`,
      });
    }
    const kept = arrayIn(this.#settable({ [lines.arg]: rows })[lines.arg]);
    return {
      ...others,
      [lines.arg]: kept.map((one, at) => (at === line - 1 ? { ...objectIn(one), ...ofLine } : one)),
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
    if (Object.keys(this.#further(args)).length > 0) return;
    // A misspelt field is refused as such.
    if (Object.keys(args).some((name) => !this.#known.includes(name))) return;
    const why =
      computed.length === 0 ? 'no field to change was given' : `the service sets ${computed.join(', ')} itself`;
    throw new ArgumentsError(`${this.#name} would change nothing: ${why}.`, {
      hint: `Nothing was sent. It can change ${fields.map(({ arg }) => arg).join(', ')}.`,
    });
  }

  /**
   * With the fields that the service demands, or all where it replaces the record whole, as they were read.
   * @throws ArgumentsError where one cannot be sent back, and would be lost
   */
  completed(args: JsonObject, before: ReadRecord | null) {
    const { fields, replaces } = this.#change;
    const missing = this.missing(args);
    const needed = fields.filter(({ arg }) => (replaces ? args[arg] === undefined : missing.includes(arg)));
    const read = needed.map(({ arg, property }) => [arg, before?.record[property]]);
    const filled = this.#settable(Object.fromEntries(read));
    const lost = Object.keys(filled).filter((arg) => !this.#schema.member(arg).takes(filled[arg]));
    if (lost.length > 0) {
      const which = lost.map((arg) => `\`${arg}\` (${shown(filled[arg])})`).join(', ');
      throw new ArgumentsError(`${this.#name} cannot send back as it was read what the service needs: ${which}.`, {
        hint: `Nothing was sent. Give ${lost.join(', ')} as well.`,
      });
    }
    return { args: { ...filled, ...args }, filled: Object.keys(filled) };
  }

  /** `items: 3 lines before, 1 now.` @param answer the text of the answer */
  counts(args: JsonObject, before: ReadRecord | null, answer: unknown): readonly string[] {
    const lists = this.listsIn(args);
    const record = this.#answered(answer);
    return this.#change.fields.flatMap(({ arg, property }) => {
      if (!lists.includes(arg)) return [];
      const [was, now] = [lengthOf(before?.record[property]), lengthOf(record?.[property])];
      const sent = arrayIn(args[arg]).length;
      const earlier = was === null ? 'how many there were is not known' : `${count(was, 'line')} before`;
      if (now === null) return `${arg}: ${earlier}, ${sent} sent.`;
      return `${arg}: ${earlier}, ${now} now${now === sent ? '' : ` (${sent} were sent)`}.`;
    });
  }

  /**
   * `Line 2: quantity 3.0 → 4.0.` Empty where the record was not read before. @param args without what was only filled in
   * @param answer the text of the answer
   */
  changes(args: JsonObject, line: number | null, before: ReadRecord | null, answer: unknown): string {
    if (before === null) return '';
    const now = this.#answered(answer);
    const lines = line === null ? undefined : this.#lines();
    const named = this.#change.fields.map((field) => ({ ...field, sent: args[field.arg] }));
    const further = Object.entries(this.#further(args)).map(([arg, sent]) => ({ arg, property: arg, sent }));
    const all = [...named, ...further].flatMap(({ arg, property, sent }) => {
      if (sent === undefined) return [];
      const [was, is] = [before.record[property], now?.[property]];
      if (arg === lines?.arg) {
        const names = Object.keys(this.#dividedBy(arg, lines.items).ofLine);
        return { arg, ...lineChange(names, Number(line), was, sent, is) };
      }
      return valueChanges(arg, was, sent, now === null ? undefined : (is ?? null));
    });
    const changed = all.filter(({ isChanged }) => isChanged);
    const kept = all.find(({ arg }) => arg === lines?.arg)?.is;
    if (changed.length === 0) return kept === undefined ? 'Nothing changed.' : `Nothing changed: ${kept}.`;
    // How many lines there are is said of lists.
    const lists = line === null ? this.listsIn(args) : [];
    return changed.flatMap(({ arg, text }) => (lists.includes(arg) ? [] : [`${text}.`])).join(' ');
  }

  /** What a call that changes one line says of it, on its own or in a list of one, and what it says otherwise. */
  #dividedBy(lines: string, items: readonly string[]) {
    const { [lines]: list, ...own } = this.#given;
    const [nested, ...more] = [list ?? []].flat();
    if (more.length > 0) {
      throw new ArgumentsError(`\`line\` changes one line, and \`${lines}\` gives ${more.length + 1}.`, {
        hint: 'Nothing was sent. Give the fields of that line alone, or leave out `line` to replace all lines.',
      });
    }
    // What says which record it is stays that, whatever a line has by the same name.
    const isField = (key: string) => this.#change.fields.some(({ arg }) => arg === key);
    const isOfLine = (key: string) => (isField(key) ? items.includes(key) : !this.#known.includes(key));
    const members = (isWanted: (key: string) => boolean) =>
      Object.fromEntries(Object.entries(own).filter(([key]) => isWanted(key)));
    return { ofLine: { ...objectIn(nested), ...members(isOfLine) }, others: members((key) => !isOfLine(key)) };
  }

  #further(args: JsonObject): JsonObject {
    return objectIn(args[this.#change.rest ?? '']);
  }

  /** What can be set of arguments that were read. */
  #settable(args: JsonObject): JsonObject {
    const fitted = fittedArguments(args, this.#tool.validation);
    return withoutArguments(fitted.args, fitted.unknown);
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
    throw new ArgumentsError(`${this.#name}: ${others.join('; ')}.`, {
      hint: 'Nothing was sent. If the record changed since it was read, read it again; otherwise leave these out.',
    });
  }

  #inRecord(place: ValuePath): ValuePath {
    const [first, ...rest] = place;
    if (first === undefined) return place;
    return [this.#change.fields.find(({ arg }) => arg === first)?.property ?? first, ...rest];
  }

  /** The field that holds the lines of a document: by its role, or the only one that is a list of objects. */
  #lines() {
    const lists = this.#change.fields.flatMap((field) => {
      const items = this.#itemsOf(field.arg);
      return items === null ? [] : [{ ...field, items }];
    });
    const known = new FieldNames(lists.map(({ arg }) => arg)).first(FIELD_ROLES.lines.names);
    return known === null && lists.length === 1 ? lists[0] : lists.find(({ arg }) => arg === known);
  }

  /** The record in an answer; null where it was shortened, or does not show it. */
  #answered(answer: unknown): JsonObject | null {
    if (typeof answer !== 'string' || answer.includes('"items_shown"')) return null;
    return recordShowing(
      objectIn(tryParseJson(answer)),
      this.#change.fields.map(({ property }) => property),
    );
  }

  #itemsOf(arg: string): readonly string[] | null {
    return this.#schema.member(arg).item(0).known;
  }
}

function lengthOf(value: unknown): number | null {
  return Array.isArray(value) ? value.length : null;
}

/** @param names of the fields that were given, as far as they were sent */
function lineChange(names: readonly string[], line: number, was: unknown, sent: unknown, now: unknown) {
  const row = (rows: unknown) => objectIn(arrayIn(rows)[line - 1]);
  const isSameList = lengthOf(now) === lengthOf(was);
  const all = names
    .filter((name) => Object.hasOwn(row(sent), name))
    .map((name) =>
      valueChange(name, row(was)[name], row(sent)[name], isSameList ? (row(now)[name] ?? null) : undefined),
    );
  const changed = all.filter(({ isChanged }) => isChanged);
  return {
    isChanged: changed.length > 0,
    text: `Line ${line}: ${changed.map(({ text }) => text).join(', ')}; the others went back as they were read`,
    is: all.map(({ is }) => `${is} in line ${line}`).join(', '),
  };
}

/** Names of members at a place of the record; in a list, of any of its items. */
function namesAt(record: JsonObject, place: ValuePath): ReadonlySet<string> {
  const found = place.reduce<readonly unknown[]>(
    (values, step) =>
      values.flatMap((value) => (typeof step === 'number' ? value : isJsonObject(value) ? [value[step]] : [])),
    [record],
  );
  return new Set(found.flatMap((value) => (isJsonObject(value) ? Object.keys(value) : [])));
}

function isTotal(name: string): boolean {
  const { total, net, vat } = FIELD_ROLES;
  return [total, net, vat].some(({ names }) => names.includes(plainName(name)));
}
