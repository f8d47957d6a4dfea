/** Which states a call asks for: the service's own words, several of them, or the groups that people say. */
import { plainName } from '../contract/field-names.ts';
import type { StateRole } from '../contract/field-roles.ts';
import { statusParameter } from '../contract/filter-values.ts';
import type { ParameterBinding } from '../contract/operation.ts';
import { ArgumentsError } from '../core/errors.ts';
import type { JsonObject } from '../core/json.ts';
import type { DocumentReader } from './document-reader.ts';
import { knownStates, type MoneyResource } from './money-resource.ts';
import { openAmount } from './open-amount.ts';

const UNPAID: readonly StateRole[] = ['issued', 'partly'];
const GROUPS: ReadonlyMap<string, readonly StateRole[]> = new Map([
  ['draft', ['draft']],
  ['drafts', ['draft']],
  ['unpaid', UNPAID],
  ['open', UNPAID],
  ['outstanding', UNPAID],
  ['overdue', UNPAID],
  ['issued', ['issued', 'partly', 'paid']],
  ['paid', ['paid']],
  ['cancelled', ['cancelled']],
  ['canceled', ['cancelled']],
]);
const MAX_STATES = 20;

/** `unpaid`, `drafts`: what people say, and no service's own word. */
export function isStateGroup(word: string): boolean {
  return GROUPS.has(plainName(word));
}

/** Of a list, or of a text with commas. */
export function wordsIn(given: unknown): readonly string[] {
  const texts = Array.isArray(given) ? given.map(String) : typeof given === 'string' ? given.split(',') : [];
  return texts.map((text) => text.trim()).filter((text) => text !== '');
}

export class StatusFilter {
  readonly #words: readonly string[];
  readonly #what: string;
  readonly #parameter: ParameterBinding | undefined;
  readonly #known: readonly string[];

  /** @throws ArgumentsError for a state that the contract rules out */
  constructor(given: unknown, source: MoneyResource) {
    this.#words = wordsIn(given);
    this.#what = source.resource.replaceAll('_', ' ');
    this.#parameter = statusParameter(source.list);
    this.#known = knownStates(source);
    const foreign = this.#words.filter((word) => this.#isForeign(word));
    if (this.#known.length === 0 || foreign.length === 0) return;
    const named = foreign.map((word) => `"${word}"`).join(', ');
    const are = foreign.length === 1 ? 'is not a status' : 'are not statuses';
    const hint = `Statuses: ${this.#known.join(', ')}; or drafts, unpaid, overdue, paid, cancelled; several with commas.`;
    throw new ArgumentsError(`${named} ${are} of ${this.#what}.`, { hint });
  }

  get isAsked(): boolean {
    return this.#words.length > 0;
  }

  /** What the list's own filter can be asked for: one state in the service's words. */
  argument(): JsonObject {
    const [word, ...others] = this.#words;
    if (this.#parameter === undefined || word === undefined || others.length > 0) return {};
    const exact = this.#known.find((state) => isAmong(word, [state]));
    if (exact !== undefined) return { [this.#parameter.arg]: exact };
    return this.#known.length === 0 && !isStateGroup(word) ? { [this.#parameter.arg]: word } : {};
  }

  get #isSent(): boolean {
    return Object.keys(this.argument()).length > 0;
  }

  /** @param asOf the day by which something is overdue @throws ArgumentsError where no field is a state */
  fitting(rows: readonly JsonObject[], reader: DocumentReader, asOf: string): readonly JsonObject[] {
    if (!this.isAsked) return rows;
    if (!reader.hasStates()) {
      if (this.#isSent || rows.length === 0) return rows;
      throw new ArgumentsError(`The ${this.#what} cannot be filtered by status: no field of theirs is a status.`, {
        hint: 'Leave status out, or use another filter.',
      });
    }
    const states = this.#statesIn(rows, reader);
    return rows.filter((row) => this.#words.some((word) => this.#fits(word, row, reader, states, asOf)));
  }

  /** Of how many unpaid rows it is not known whether they are overdue, as the call asks. */
  misdated(rows: readonly JsonObject[], reader: DocumentReader): number {
    const states = this.#statesIn(rows, reader);
    const isAsked = this.#words.some((word) => plainName(word) === 'overdue' && !isAmong(word, states));
    const isOpen = (row: JsonObject) =>
      UNPAID.includes(reader.role(row)) && openAmount(reader, row, null) !== 'settled';
    return isAsked ? rows.filter((row) => reader.misreadsDay('due', row) && isOpen(row)).length : 0;
  }

  /** The words that fit no row, with the states of the rows; null where each word fits one. */
  note(rows: readonly JsonObject[], reader: DocumentReader, asOf: string): string | null {
    const states = this.#statesIn(rows, reader);
    const idle = this.#words.filter((word) => !rows.some((row) => this.#fits(word, row, reader, states, asOf)));
    if (this.#isSent && rows.length === 0 && idle.some((word) => this.#isForeign(word))) {
      return `"${idle.join(', ')}" matched nothing, and nothing says that it is a status of ${this.#what}.`;
    }
    if (idle.length === 0 || rows.length === 0 || this.#isSent) return null;
    const texts = idle.map((word) => `"${word}"${this.#isForeign(word) ? ' (not a known status)' : ''}`);
    return `${texts.join(', ')} matched nothing. Statuses: ${states.slice(0, MAX_STATES).join(', ') || 'not stated'}.`;
  }

  #fits(word: string, row: JsonObject, reader: DocumentReader, states: readonly string[], asOf: string): boolean {
    if (isAmong(word, states)) return isAmong(word, [reader.state(row) ?? '']);
    const group = GROUPS.get(plainName(word));
    if (group?.includes(reader.role(row)) !== true) return false;
    if (group !== UNPAID) return true;
    if (openAmount(reader, row, null) === 'settled') return false;
    return plainName(word) !== 'overdue' || (reader.day('due', row) ?? asOf) < asOf;
  }

  /** Those that the contract names, and those of the rows. */
  #statesIn(rows: readonly JsonObject[], reader: DocumentReader): readonly string[] {
    return [...new Set([...this.#known, ...rows.flatMap((row) => reader.state(row) ?? [])])];
  }

  #isForeign(word: string): boolean {
    return !isAmong(word, this.#known) && !isStateGroup(word);
  }
}

function isAmong(word: string, states: readonly string[]): boolean {
  return states.some((state) => plainName(state.trim()) === plainName(word.trim()));
}
