/** The arguments of a prompt, checked: an error says what is wrong and what would be right. */
import { ProtocolError } from '@modelcontextprotocol/server';
import { readMonth } from './month.ts';
import type { PromptArgument, PromptValues } from './prompt.ts';

const INVALID_PARAMS = -32602;
const LONGEST = 10_000;

/** Hosts send what the user left empty as an empty text: it counts as left out. @throws ProtocolError */
export function checkedValues(
  prompt: string,
  known: readonly PromptArgument[],
  given: Readonly<Record<string, string>>,
): PromptValues {
  const values = new Map(Object.entries(given).map(([name, value]) => [name, value.trim()]));
  const problems = [
    ...[...values.keys()]
      .filter((name) => !known.some((argument) => argument.name === name))
      .map((name) => `there is no argument ${name}`),
    ...known.flatMap((argument) => problemOf(argument, values.get(argument.name) ?? '')),
  ];
  if (problems.length > 0) {
    const takes = known.map(({ name, required }) => (required ? `${name} (required)` : name)).join(', ');
    throw new ProtocolError(
      INVALID_PARAMS,
      `The arguments do not fit the prompt ${prompt}: ${problems.join('; ')}. It takes ${takes || 'no arguments'}.`,
    );
  }
  return Object.fromEntries([...values].filter(([, value]) => value !== ''));
}

function problemOf({ name, required, kind, values, isClosed }: PromptArgument, value: string): readonly string[] {
  if (value === '') return required ? [`${name} is missing`] : [];
  if (value.length > LONGEST) return [`${name} has ${value.length} characters, at most ${LONGEST} are taken`];
  if (kind === 'month' && readMonth(value) === null) return [`${name} must be a month such as 2026-03 (YYYY-MM)`];
  if (kind === 'status' && isClosed === true && !values.includes(value)) {
    return [`${name} must be one of ${values.join(', ')}`];
  }
  return [];
}
