/**
 * Which tools stay when even the shortest list is too long: the documented ones first, then what we have words for,
 * then the rest of their resources, then resources that are not known, small ones first. Whole resources go together.
 */
import { WORDS } from '../../contract/words.ts';
import type { Tool } from '../tool.ts';

/** Tools that stay or go together. */
type Unit = readonly Tool[];

/**
 * @param sizes bytes of each tool by itself at its shortest @param limit bytes of the list
 * @param fits whether a list of these tools is within the limit
 */
export function toolsThatFit(
  tools: readonly Tool[],
  sizes: ReadonlyMap<Tool, number>,
  limit: number,
  fits: (tools: readonly Tool[]) => boolean,
): ReadonlySet<Tool> {
  const units = unitsOf(tools, (tool) => sizes.get(tool) ?? 0, limit);
  const first = (count: number) => new Set(units.slice(0, count).flat());
  const listOf = (count: number) => {
    const kept = first(count);
    return tools.filter((tool) => kept.has(tool));
  };
  let [fitting, tooMany] = [0, units.length + 1];
  while (tooMany - fitting > 1) {
    const middle = Math.floor((fitting + tooMany) / 2);
    if (fits(listOf(middle))) fitting = middle;
    else tooMany = middle;
  }
  return first(fitting);
}

/** In the order in which they may stay. */
function unitsOf(tools: readonly Tool[], sizeOf: (tool: Tool) => number, limit: number): readonly Unit[] {
  const known = new Set(tools.filter(isCurated).map(({ resource }) => resource));
  const groups = new Map<string, { readonly rank: number; readonly tools: Tool[] }>();
  for (const tool of tools) {
    // One that would fill the list by itself must not push the others out.
    const rank = sizeOf(tool) > limit / 4 ? LAST : rankOf(tool, known);
    const alone = rank === FIRST || rank === LAST ? tool.descriptor.name : '';
    const key = `${rank} ${tool.resource} ${alone}`;
    const group = groups.get(key) ?? { rank, tools: [] };
    group.tools.push(tool);
    groups.set(key, group);
  }
  const sum = (unit: Unit) => unit.reduce((total, tool) => total + sizeOf(tool), 0);
  return [...groups.values()]
    .map((group) => ({ ...group, size: sum(group.tools) }))
    .sort((a, b) => a.rank - b.rank || a.size - b.size || order(a.tools, b.tools))
    .flatMap(({ tools: unit, size }) => (size > limit / 2 ? unit.map((tool) => [tool]) : [unit]));
}

const FIRST = 0;
const LAST = 4;

function rankOf(tool: Tool, known: ReadonlySet<string>): number {
  if (WORDS.get(tool.descriptor.name)?.documented === true) return FIRST;
  if (isCurated(tool)) return 1;
  return known.has(tool.resource) ? 2 : 3;
}

function isCurated({ route, descriptor }: Tool): boolean {
  return route === 'local' || WORDS.has(descriptor.name);
}

function order([a]: Unit, [b]: Unit): number {
  const [one = '', other = ''] = [a?.descriptor.name, b?.descriptor.name];
  return one < other ? -1 : one > other ? 1 : 0;
}
