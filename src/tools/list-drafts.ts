/** The drafts of every kind and company: what is waiting to be looked at and issued. */
import { stateRole } from '../contract/field-roles.ts';
import { daysIn } from '../core/calendar.ts';
import { LucantoError } from '../core/errors.ts';
import type { JsonObject } from '../core/json.ts';
import { textResult } from '../core/results.ts';
import { type Company, count } from '../core/text.ts';
import type { ToolResult } from '../core/tool.ts';
import { partyNames } from './customers.ts';
import { type DocumentList, readDocuments } from './document-list.ts';
import { companiesOf, inCompany, type LocalCall, withEach } from './local-tool.ts';
import { amountText } from './money.ts';
import { kindOf, knownStates, type MoneyResource } from './money-resource.ts';
import { fieldFor, ownId } from './record-fields.ts';

/** Companies that are read side by side. */
const AT_ONCE = 3;

/** @param unread kinds of documents that may not be used @throws LucantoError where the companies cannot be read */
export async function listDrafts(
  sources: readonly MoneyResource[],
  unread: readonly MoneyResource[],
  call: LocalCall,
): Promise<ToolResult> {
  const withDrafts = sources.filter(mayHaveDrafts);
  const { companies, unlisted } = await companiesOf(sources, call);
  const found = new Map<Company, Awaited<ReturnType<typeof draftsOf>>>();
  await withEach(companies, AT_ONCE, async (company) => {
    found.set(company, await draftsOf(withDrafts, inCompany(call, company)));
  });
  const lookedAt = new Set([...found.values()].flatMap(({ read }) => read));
  const [first, ...others] = [...found.values()].map(({ error }) => error);
  if (first != null && !others.includes(null)) throw first;
  const all = companies.flatMap((company) => {
    const { id, name } = company;
    const { rows = [], missing = [] } = found.get(company) ?? {};
    return [{ ...(id !== '' && { workspace_id: id, company: name }), drafts: rows, missing }];
  });
  const missing = [
    ...unlisted,
    ...unread
      .filter((source) => mayHaveDrafts(source) && saysStates(source))
      .map((source) => `${wordsOf(source)} may not be read`),
    ...all.flatMap(({ company, missing: own }) => own.map((why) => [company, why].filter(Boolean).join(', '))),
  ];
  return textResult({
    complete: missing.length === 0,
    incomplete_because: missing.length === 0 ? null : missing.join('; '),
    looked_at: withDrafts.filter((source) => lookedAt.has(source)).map(({ type }) => type),
    companies: all.map(({ missing: _said, ...one }) => one),
    note: 'To check one, pass its type and id.',
  });
}

/** Not where the contract names all states and no draft among them. */
function mayHaveDrafts(source: MoneyResource): boolean {
  const roles = knownStates(source).map((state) => stateRole(state));
  return roles.length === 0 || roles.some((role) => role === 'draft' || role === 'unknown');
}

/** Whether the contract says that its records have a state, or says nothing of them. */
function saysStates({ described }: MoneyResource): boolean {
  const isSaid = (['status', 'isDraft'] as const).some((role) => fieldFor(role, [], described) !== null);
  return isSaid || described.length === 0;
}

function wordsOf({ resource }: MoneyResource): string {
  return resource.replaceAll('_', ' ');
}

/** @returns `missing`: lists that could not be read, or not to their end; `error`: where none could be read */
async function draftsOf(
  sources: readonly MoneyResource[],
  call: LocalCall,
): Promise<{
  readonly rows: readonly JsonObject[];
  readonly read: readonly MoneyResource[];
  readonly missing: readonly string[];
  readonly error: LucantoError | null;
}> {
  const timeZone = call.timeZone();
  const asOf = daysIn(timeZone)(call.clock());
  const query = { date: 'issue', filters: {}, timeZone, asOf, isOfAnyKind: true } as const;
  const rows: JsonObject[] = [];
  const read: MoneyResource[] = [];
  const missing: string[] = [];
  const errors: LucantoError[] = [];
  for (const source of sources) {
    const [only, ...others] = knownStates(source).filter((state) => stateRole(state) === 'draft');
    // A list can be asked for one state.
    const status = others.length > 0 ? undefined : only;
    const what = wordsOf(source);
    try {
      const list = await readDocuments(source, call, { ...query, status });
      read.push(source);
      if (list.stopped !== null) missing.push(`${what}: ${list.stopped}`);
      const unclear = list.rows.filter((row) => list.reader.role(row) === 'unknown').length;
      if (unclear > 0) missing.push(`the state of ${count(unclear, 'record')} of ${what} is not understood`);
      if (list.rows.length > 0 && saysStates(source) && !list.reader.tellsDrafts())
        missing.push(`nothing in the records tells drafts of ${what} from the rest`);
      rows.push(...(await rowsOf(list, call)));
    } catch (error) {
      if (!(error instanceof LucantoError) || call.context.signal.aborted) throw error;
      errors.push(error);
      missing.push(`${what}: ${error.message.replace(/\.$/, '')}`);
    }
  }
  return { rows, read, missing, error: read.length > 0 ? null : (errors[0] ?? null) };
}

async function rowsOf({ source, reader, rows }: DocumentList, call: LocalCall): Promise<readonly JsonObject[]> {
  const drafts = rows.filter((row) => reader.role(row) === 'draft');
  const names = await partyNames(reader, drafts, call);
  return drafts.map((row) => {
    const { id, name } = reader.party(row);
    const [total, currency] = [reader.amount('total', row), reader.currency(row)];
    return {
      ...{ type: source.type, id: ownId(row), number: reader.number(row) },
      [kindOf(source) === 'purchase' ? 'supplier' : 'customer']: name ?? names.get(String(id)) ?? id,
      total: total === null ? null : amountText(total, currency),
      ...{ currency, issued: reader.day('issued', row), due: reader.day('due', row) },
    };
  });
}
