import { snake, toolName } from './naming';
import type { Operation } from './operation';
import type { Route } from './route';

/**
 * One name for one operation. On a clash the operationId decides, and what still clashes is left out with a warning.
 */
export interface Draft {
  readonly route: Route;
  /** The tool's name by rule. */
  readonly name: string;
  readonly operationId: string | null;
  readonly deprecated: boolean;
  readonly finish: (tool: string) => Operation;
}

interface SettledName {
  readonly name: string;
  readonly draft: Draft;
}

const METHOD_RANK = { GET: 0, PATCH: 0, DELETE: 0, PUT: 1, POST: 2 } as const;

/** Lower is nearer to the name: not deprecated, called so by the document itself, PATCH before PUT. */
function rank({ deprecated, operationId, name, route }: Draft): number {
  const called = operationId !== null && toolName(snake(operationId)) === name;
  return (deprecated ? 100 : 0) + (called ? 0 : 10) + METHOD_RANK[route.method];
}

function clash(draft: Draft, rival: Draft | undefined): string {
  const own = `${draft.route.method} ${draft.route.path}`;
  const other = rival === undefined ? 'another operation' : `${rival.route.method} ${rival.route.path}`;
  return `${own} was left out: ${other} is already the tool ${draft.name}.`;
}

function groupByName(drafts: readonly Draft[]): ReadonlyMap<string, readonly Draft[]> {
  const groups = new Map<string, Draft[]>();
  for (const draft of drafts) {
    const group = groups.get(draft.name);
    if (group === undefined) groups.set(draft.name, [draft]);
    else group.push(draft);
  }
  return groups;
}

/** Keeps the drafts' order. */
export function settleNames(drafts: readonly Draft[], warnings: string[]): readonly SettledName[] {
  const names = new Map<Draft, string>();
  const owners = new Map<string, Draft>();
  const take = (name: string, draft: Draft): void => {
    owners.set(name, draft);
    names.set(draft, name);
  };
  const losers: Draft[] = [];
  for (const [name, rivals] of groupByName(drafts)) {
    const [first, ...others] = [...rivals].sort((a, b) => rank(a) - rank(b));
    if (first === undefined) continue;
    take(name, first);
    // An old spelling of what is there anyway is no loss.
    losers.push(...others.filter(({ deprecated }) => !deprecated || first.deprecated));
  }
  for (const draft of losers) {
    const rival = owners.get(draft.name);
    const name = draft.operationId === null ? draft.name : toolName(snake(draft.operationId));
    if (rival?.route.identity !== draft.route.identity && !owners.has(name)) take(name, draft);
    else warnings.push(clash(draft, owners.get(name) ?? rival));
  }
  return drafts.flatMap((draft) => {
    const name = names.get(draft);
    return name === undefined ? [] : { name, draft };
  });
}
