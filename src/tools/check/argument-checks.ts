/** What the create tool would refuse, by its own validation. */
import type { Operation } from '../../contract/operation.ts';
import { isJsonObject, type JsonObject } from '../../core/json.ts';
import type { AnswerField, CallContext } from '../../core/tool.ts';
import type { LocalDeps } from '../local-tool.ts';
import { error, type Finding, type Findings } from './findings.ts';

/** @returns the fields that only the service itself computes, so that a create does not take them */
export async function checkArguments(
  record: JsonObject,
  create: Operation,
  described: readonly AnswerField[],
  deps: Pick<LocalDeps, 'argumentProblems'>,
  context: CallContext,
  findings: Findings,
): Promise<readonly string[]> {
  const { properties } = create.validation;
  const taken = new Set(Object.keys(isJsonObject(properties) ? properties : {}));
  const answered = new Set(described.map(({ name }) => name));
  const computed = Object.keys(record).filter((name) => !taken.has(name) && answered.has(name));
  const args = Object.fromEntries(Object.entries(record).filter(([name]) => !computed.includes(name)));
  const problems = await deps.argumentProblems(create.tool, args, context);
  if (problems === null) {
    findings.notChecked(`what ${create.tool} takes: it could not be found`);
    return computed;
  }
  findings.checked(`arguments of ${create.tool}`);
  findings.add(problems.map((problem) => refused(problem, create)));
  return computed;
}

/** @param problem "unknown argument `purchaserid`; did you mean `purchaser_id`?" */
function refused(problem: string, { tool }: Operation): Finding {
  const [, field = tool] = /`([^`]+)`/.exec(problem) ?? [];
  const [, meant] = /did you mean `([^`]+)`(?: \([^)]*\))?\?/.exec(problem) ?? [];
  const sentence = `${problem.charAt(0).toUpperCase()}${problem.slice(1)}`;
  return error(field, `${tool} would refuse it. ${sentence}`, meant);
}
