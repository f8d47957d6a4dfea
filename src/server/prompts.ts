import { ProtocolError } from '@modelcontextprotocol/server';
import type { InstructionFacts } from './instructions.ts';
import { isAvailable } from './prompt-needs.ts';
import { type PromptArgument, type PromptDefinition, type PromptKit, readMonth } from './prompt-parts.ts';
import { CHASE_OVERDUE, CREATE_INVOICE, MONTH_END, REVIEW_DRAFTS } from './prompt-texts.ts';

/** The prompts for the visible tools, and their texts. Loaded with the first request for them. */

const INVALID_PARAMS = -32602;
const MAX_CHARS = 10_000;
const ALL: readonly PromptDefinition[] = [CHASE_OVERDUE, MONTH_END, CREATE_INVOICE, REVIEW_DRAFTS];

/** Hosts send an argument that the user left empty as an empty text. @throws ProtocolError */
function checkedValues(
  prompt: string,
  known: readonly PromptArgument[],
  given: Readonly<Record<string, string>>,
): Parameters<PromptDefinition['text']>[0] {
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
  if (value.length > MAX_CHARS) return [`${name} can have at most ${MAX_CHARS} characters (it has ${value.length})`];
  if (kind === 'month' && readMonth(value) === null) return [`${name} must be a month such as 2026-03 (YYYY-MM)`];
  if (kind === 'status' && isClosed === true && !values.includes(value)) {
    return [`${name} must be one of ${values.join(', ')}`];
  }
  return [];
}

export function promptKit({ visible, pinned, workspaces }: InstructionFacts, now: number): PromptKit {
  return { visible, pinned, workspaces, now };
}

export function listedPrompts(kit: PromptKit) {
  return availablePrompts(kit).map((prompt) => ({
    name: prompt.name,
    title: prompt.title,
    description: prompt.description,
    arguments: prompt
      .arguments(kit)
      .map(({ name, title, description, required }) => ({ name, title, description, required })),
  }));
}

/** @throws ProtocolError for an unknown prompt, or for arguments that do not fit it */
export function promptResult(name: string, given: Readonly<Record<string, string>>, kit: PromptKit) {
  const prompt = findPrompt(name, kit);
  const text = prompt.text(checkedValues(prompt.name, prompt.arguments(kit), given), kit);
  return {
    description: prompt.description,
    messages: [{ role: 'user' as const, content: { type: 'text' as const, text } }],
  };
}

/** @throws ProtocolError */
export function findPrompt(name: string, kit: PromptKit): PromptDefinition {
  const prompts = availablePrompts(kit);
  const prompt = prompts.find((one) => one.name === name);
  if (prompt !== undefined) return prompt;
  const names = prompts.map((one) => one.name).join(', ');
  throw new ProtocolError(INVALID_PARAMS, `There is no prompt ${name}. There are: ${names || 'none'}.`);
}

function availablePrompts({ visible }: PromptKit): readonly PromptDefinition[] {
  return ALL.filter(({ name }) => isAvailable(name, visible));
}
