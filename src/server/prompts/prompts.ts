/** The prompts there are for the visible tools, and their texts. Loaded when first asked for. */
import { ProtocolError } from '@modelcontextprotocol/server';
import type { InstructionFacts } from '../instructions.ts';
import { CHASE_OVERDUE } from './chase-overdue.ts';
import { CREATE_INVOICE } from './create-invoice.ts';
import { MONTH_END } from './month-end.ts';
import { isOffered } from './needs.ts';
import type { PromptDefinition, PromptKit } from './prompt.ts';
import { REVIEW_DRAFTS } from './review-drafts.ts';
import { checkedValues } from './values.ts';

const INVALID_PARAMS = -32602;
const ALL: readonly PromptDefinition[] = [CHASE_OVERDUE, MONTH_END, CREATE_INVOICE, REVIEW_DRAFTS];

export function promptKit({ visible, pinned, workspaces }: InstructionFacts, now: number): PromptKit {
  return { visible, pinned, workspaces, now };
}

export function listedPrompts(kit: PromptKit) {
  return offered(kit).map((prompt) => ({
    name: prompt.name,
    title: prompt.title,
    description: prompt.description,
    arguments: prompt
      .arguments(kit)
      .map(({ name, title, description, required }) => ({ name, title, description, required })),
  }));
}

/** @throws ProtocolError for a prompt that is not there, or for arguments that do not fit it */
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
  const prompts = offered(kit);
  const prompt = prompts.find((one) => one.name === name);
  if (prompt !== undefined) return prompt;
  const names = prompts.map((one) => one.name).join(', ');
  throw new ProtocolError(INVALID_PARAMS, `There is no prompt ${name}. There are: ${names || 'none'}.`);
}

function offered({ visible }: PromptKit): readonly PromptDefinition[] {
  return ALL.filter(({ name }) => isOffered(name, visible));
}
