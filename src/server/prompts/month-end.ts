import { dateArguments } from '../tool-properties.ts';
import { lastMonths, readMonth } from './month.ts';
import { findTool } from './needs.ts';
import {
  DATA_RULE,
  named,
  quoted,
  statusArgument,
  steps,
  today,
  workspaceArgument,
  workspaceSentence,
} from './parts.ts';
import type { PromptDefinition, PromptKit } from './prompt.ts';

const OTHERS = ['credit_notes', 'expenses', 'quotes', 'proformas'];

export const MONTH_END: PromptDefinition = {
  name: 'month_end_overview',
  title: 'Month-end overview',
  description: 'What was invoiced, paid, credited and spent in a month, and what is still open. Reads only.',
  arguments: (kit) => [
    ...workspaceArgument(kit),
    {
      name: 'month',
      title: 'Month',
      description: 'YYYY-MM; the last complete month where it is left out.',
      required: false,
      kind: 'month',
      values: [],
    },
    ...statusArgument(findTool(kit.visible, 'list_invoices'), 'Only invoices of this status.'),
  ],
  text({ workspace, month: given, status }, kit) {
    const [, before = ''] = lastMonths(kit.now);
    const month = readMonth(given ?? before);
    const summaries = ['invoices', ...OTHERS].flatMap((words) => named(kit, `summarize_${words}`) ?? []);
    const others = OTHERS.flatMap((words) => named(kit, `list_${words}`) ?? []);
    return [
      `Give me an overview of ${month?.name} (issue dates ${month?.first} to ${month?.last}). ${today(kit)} ${workspaceSentence(kit, workspace)}`,
      steps([
        `Read the month's invoices with ${named(kit, 'list_invoices')}${filters(kit, status)}, page by page until there are no more.`,
        others.length === 0 ? null : `Read the same month with ${others.join(', ')}.`,
        summaries.length === 0
          ? 'Count documents and sum totals by status, exactly; amounts are decimal strings. Never add different currencies.'
          : `Take counts and sums from ${summaries.join(', ')} and do not add up yourself; never mix currencies.`,
        'Show a short table: invoiced, paid, still open, overdue, credited, spent, as far as it was read. Then the five largest open invoices with number, customer and due date.',
        'Name what looks wrong or unfinished: drafts of the month, gaps in numbering, missing dates.',
      ]),
      `Only read: do not create, change, issue or send anything. ${DATA_RULE}`,
    ].join('\n\n');
  },
};

function filters(kit: PromptKit, status: string | undefined): string {
  const dates = dateArguments(findTool(kit.visible, 'list_invoices'));
  const words = [
    ...(dates.length > 0 ? [`the dates as filters (${dates.join(', ')})`] : []),
    ...(status === undefined ? [] : [`status ${quoted(status)}`]),
  ];
  return words.length === 0 ? '' : ` with ${words.join(' and ')}`;
}
