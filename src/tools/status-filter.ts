/** Which states a call asks for: the service's own words, several of them, or the groups that people say. */
import { plainName } from '../contract/field-names.ts';
import type { StateRole } from '../contract/field-roles.ts';
import { statusParameter } from '../contract/filter-values.ts';
import { ArgumentsError } from '../core/errors.ts';
import type { JsonObject } from '../core/json.ts';
import type { DocumentReader } from './document-reader.ts';
import { knownStates, type MoneyResource } from './money-resource.ts';
import { openAmount } from './open-amount.ts';

const UNPAID: readonly StateRole[] = ['issued', 'partly'];
const GROUPS: Readonly<Record<string, readonly StateRole[]>> = {
  draft: ['draft'],
  drafts: ['draft'],
  unpaid: UNPAID,
  open: UNPAID,
  outstanding: UNPAID,
  overdue: UNPAID,
  issued: ['issued', 'partly', 'paid'],
  paid: ['paid'],
  cancelled: ['cancelled'],
  canceled: ['cancelled'],
};
const MAX_STATES = 20;

/** `unpaid`, `drafts`: what people say, and no service's own word. */
export function isStateGroup(word: string): boolean {
  return Object.hasOwn(GROUPS, plainName(word));
}

/** Of a list, or of a text with commas. */
export function wordsIn(given: unknown): readonly string[] {
  const texts = Array.isArray(given) ? given.map(String) : typeof given === 'string' ? given.split(',') : [];
  return texts.map((text) => text.trim()).filter((text) => text !== '');
}

export class StatusFilter {
  readonly #words: readonly string[];
  readonly #source: MoneyResource;
  readonly #known: readonly string[];

  /** @throws ArgumentsError for a state that the contract rules out */
  constructor(given: unknown, source: MoneyResource) {
    this.#words = wordsIn(given);
    this.#source = source;
    this.#known = knownStates(source);
    const foreign = this.#words.filter((word) => !this.#isKnown(word) && GROUPS[plainName(word)] === undefined);
    if (this.#known.length === 0 || foreign.length === 0) return;
    const what = source.resource.replaceAll('_', ' ');
    throw new ArgumentsError(
      `${foreign.map((word) => `"${word}"`).join(', ')} ${foreign.length === 1 ? 'is not a status' : 'are not statuses'} of ${what}.`,
      {
        hint: `Statuses: ${this.#known.join(', ')}; or drafts, unpaid, overdue, paid, cancelled; several with commas.`,
      },
    );
  }

  get isAsked(): boolean {
    return this.#words.length > 0;
  }

  /** What the list's own filter can be asked for: one state in the service's words. */
  argument(): JsonObject {
    const parameter = statusParameter(this.#source.list);
    const [word, ...others] = this.#words;
    if (parameter === undefined || word === undefined || others.length > 0) return {};
    const exact = this.#known.find((state) => isSame(state, word));
    if (exact !== undefined) return { [parameter.arg]: exact };
    return this.#known.length === 0 && GROUPS[plainName(word)] === undefined ? { [parameter.arg]: word } : {};
  }

  /** @param asOf the day by which something is overdue @throws ArgumentsError where no field is a state */
  fitting(rows: readonly JsonObject[], reader: DocumentReader, asOf: string): readonly JsonObject[] {
    if (!this.isAsked) return rows;
    const isFiltered = Object.keys(this.argument()).length > 0;
    if (!reader.hasStates()) {
      if (isFiltered || rows.length === 0) return rows;
      const what = this.#source.resource.replaceAll('_', ' ');
      throw new ArgumentsError(`The ${what} cannot be filtered by status: no field of theirs is a status.`, {
        hint: 'Leave status out, or use another filter.',
      });
    }
    const states = this.#statesIn(rows, reader);
    return rows.filter((row) => this.#words.some((word) => this.#fits(word, row, reader, states, asOf)));
  }

  /** Of how many unpaid rows it is not known whether they are overdue, as the call asks. */
  misdated(rows: readonly JsonObject[], reader: DocumentReader): number {
    const states = this.#statesIn(rows, reader);
    const isAsked = this.#words.some((word) => plainName(word) === 'overdue' && !this.#isOwn(word, states));
    const isOpen = (row: JsonObject) =>
      UNPAID.includes(reader.role(row)) && openAmount(reader, row, null) !== 'settled';
    const mayBe = (row: JsonObject) => reader.misreadsDay('due', row) && isOpen(row);
    return isAsked ? rows.filter(mayBe).length : 0;
  }

  /** The words that fit no row, with the states of the rows; null where each word fits one. */
  note(rows: readonly JsonObject[], reader: DocumentReader, asOf: string): string | null {
    const states = this.#statesIn(rows, reader);
    const idle = this.#words.filter((word) => !rows.some((row) => this.#fits(word, row, reader, states, asOf)));
    const isForeign = (word: string) => !this.#isKnown(word) && !isStateGroup(word);
    const isSent = Object.keys(this.argument()).length > 0;
    if (isSent && rows.length === 0 && idle.some(isForeign)) {
      const what = this.#source.resource.replaceAll('_', ' ');
      return `"${idle.join(', ')}" matched nothing, and nothing says that it is a status of ${what}.`;
    }
    if (idle.length === 0 || rows.length === 0 || isSent) return null;
    const known = [...new Set([...this.#known, ...states])].slice(0, MAX_STATES).join(', ');
    const texts = idle.map((word) => `"${word}"${isForeign(word) ? ' (not a known status)' : ''}`);
    return `${texts.join(', ')} matched nothing. Statuses: ${known || 'not stated'}.`;
  }

  #fits(word: string, row: JsonObject, reader: DocumentReader, states: readonly string[], asOf: string): boolean {
    const state = reader.state(row);
    if (this.#isOwn(word, states)) return state !== null && isSame(state, word);
    const plain = plainName(word);
    if (GROUPS[plain]?.includes(reader.role(row)) !== true) return false;
    if (plain !== 'overdue' && !UNPAID_WORDS.has(plain)) return true;
    if (openAmount(reader, row, null) === 'settled') return false;
    const due = reader.day('due', row);
    return plain !== 'overdue' || (due !== null && due < asOf);
  }

  #statesIn(rows: readonly JsonObject[], reader: DocumentReader): readonly string[] {
    return [...new Set(rows.map((row) => reader.state(row)).filter((state) => state !== null))];
  }

  #isOwn(word: string, states: readonly string[]): boolean {
    return states.some((one) => isSame(one, word)) || this.#isKnown(word);
  }

  #isKnown(word: string): boolean {
    return this.#known.some((state) => isSame(state, word));
  }
}

const UNPAID_WORDS = new Set(['unpaid', 'open', 'outstanding']);

function isSame(a: string, b: string): boolean {
  return plainName(a.trim()) === plainName(b.trim());
}
