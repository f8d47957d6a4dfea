import { toolName } from '../contract/naming.ts';
import type { Tool } from '../core/tool.ts';

/** Which tools each prompt needs. Apart from the prompts, so that `initialize` need not load their texts. */

/** Words of tools that are named the same in every contract. */
const NEEDS = {
  chase_overdue_invoices: ['list_invoices'],
  month_end_overview: ['list_invoices'],
  create_invoice_from_description: ['create_invoice', 'list_contacts'],
  review_drafts: ['list_invoices', 'get_invoice'],
} as const;

export function isAvailable(name: keyof typeof NEEDS, visible: readonly Tool[]): boolean {
  return NEEDS[name].every((words) => findTool(visible, words) !== undefined);
}

export function hasPrompts(visible: readonly Tool[]): boolean {
  return Object.values(NEEDS).some((needs) => needs.every((words) => findTool(visible, words) !== undefined));
}

export function findTool(visible: readonly Tool[], words: string): Tool | undefined {
  const name = toolName(words);
  return visible.find(({ descriptor }) => descriptor.name === name);
}
