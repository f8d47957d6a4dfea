/** What a person is shown before they agree: as a question, and as data for a model to show. */
import type { JsonObject, Tool } from '../catalog/tool.ts';
import type { Lasting } from '../contract/lasting.ts';
import type { Facts } from './facts.ts';
import { named, oneLine, quoted, shownValue } from './plain.ts';

export interface Shown {
  readonly tool: Tool;
  /** Without the workspace. */
  readonly args: JsonObject;
  readonly facts: Facts;
  readonly workspace: { readonly id: string; readonly name: string | null } | null;
}

const MOST_ARGUMENTS = 8;

const LAST_WORD: Readonly<Record<Lasting, string>> = {
  deletes: 'This cannot be undone.',
  issues: 'This cannot be undone.',
  sends: 'This cannot be undone.',
  unknown: 'Whether this can be undone is not known.',
};

/** Some short lines; no text of others can begin one. */
export function questionText(shown: Shown): string {
  const { tool, facts, workspace } = shown;
  const { amount, currency, who, supplier } = facts;
  const to = recipient(shown);
  const lines = [
    `${oneLine(tool.descriptor.title)}${label(facts)}?`,
    who === null ? null : `Who: ${quoted(who)}`,
    who !== null || supplier === null ? null : `Supplier: ${quoted(supplier)}`,
    amount === null ? null : `${oneLine(amount.label)}: ${money(amount.value, currency)}`,
    to === null ? null : `To: ${quoted(to)}`,
    ...argumentLines(shown),
    workspace === null ? null : `Workspace: ${workspaceText(workspace)}`,
    lastWord(tool),
  ];
  return lines.filter((line) => line !== null).join('\n');
}

/** The same for a model: texts of others stay values. */
export function previewOf(shown: Shown): JsonObject {
  const { tool, facts, workspace } = shown;
  const { id, number, name, status, who, supplier, amount, currency } = facts;
  const short = (text: string | null) => (text === null ? undefined : oneLine(text));
  const record = {
    ...{ id: short(id), number: short(number), name: short(name), status: short(status), who: short(who) },
    supplier: who === null ? short(supplier) : undefined,
    ...(amount !== null && { amount: money(amount.value, currency) }),
  };
  const others = otherArguments(shown);
  return {
    action: oneLine(tool.descriptor.title),
    tool: tool.descriptor.name,
    ...(Object.values(record).some((value) => value !== undefined) && { record }),
    to: recipient(shown) ?? undefined,
    ...(others.length > 0 && { arguments: Object.fromEntries(others.map(([key, value]) => [key, shownValue(value)])) }),
    workspace: workspace === null ? undefined : { id: workspace.id, name: short(workspace.name) },
    note: lastWord(tool),
  };
}

function label({ id, number, name, status }: Facts): string {
  const called = number !== null ? named(number) : name !== null ? quoted(name) : null;
  const rest = [status === null ? null : named(status), id === null || called === null ? null : `id ${named(id)}`];
  const more = rest.filter((part) => part !== null).join(', ');
  const first = called ?? (id === null ? null : named(id));
  return first === null ? '' : ` ${first}${more === '' ? '' : ` (${more})`}`;
}

function money(value: string, currency: string | null): string {
  return `${named(value)}${currency === null ? '' : ` ${named(currency)}`}`;
}

/** Where it will go, as far as the call does not say it itself. */
function recipient({ tool, args, facts }: Shown): string | null {
  if (tool.lasting !== 'sends' || mentionsAddress(args)) return null;
  return facts.address === null ? null : oneLine(facts.address);
}

function mentionsAddress(value: unknown): boolean {
  if (typeof value === 'string') return value.includes('@');
  return typeof value === 'object' && value !== null && Object.values(value).some(mentionsAddress);
}

function otherArguments({ args }: Shown): readonly (readonly [string, unknown])[] {
  return Object.entries(args).filter(([name]) => name !== 'id');
}

function argumentLines(shown: Shown): readonly string[] {
  const others = otherArguments(shown);
  const lines = others.slice(0, MOST_ARGUMENTS).map(([name, value]) => `${oneLine(name, 40)}: ${shownValue(value)}`);
  return others.length > MOST_ARGUMENTS ? [...lines, `and ${others.length - MOST_ARGUMENTS} more arguments`] : lines;
}

function workspaceText({ id, name }: NonNullable<Shown['workspace']>): string {
  return name === null || name === '' ? named(id) : `${quoted(name)} (${named(id)})`;
}

function lastWord({ lasting }: Tool): string {
  return LAST_WORD[lasting ?? 'unknown'];
}
