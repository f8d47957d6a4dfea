import { createHash } from 'node:crypto';
import { canonicalJson, isJsonObject, type JsonObject, stringifyJson } from '../core/json.ts';
import { count } from '../core/text.ts';
import type { SeenTool } from './known-service.ts';

/**
 * What may be believed of the remote endpoint's tool list. A tool that changed since the user first saw it is named with
 * what changed; a hint that promises less harm than before counts only after the next `login`.
 */

type SeenTools = Readonly<Record<string, SeenTool>>;

/** What a missing hint means in MCP, which is the cautious value of each, and what the other one promises. */
const HINTS = {
  readOnlyHint: [false, 'that it only reads'],
  destructiveHint: [true, 'that it deletes nothing'],
  idempotentHint: [false, 'that a repetition changes nothing'],
  openWorldHint: [true, 'that it reaches nobody outside'],
} as const;

const MAX_SEEN = 2_000;
const MAX_NAMED = 5;
/** Far more than any tool needs; a model's context and the parsers behind it are not to be filled by one. */
const MAX_TOOL_CHARS = 100_000;
const MAX_DEPTH = 40;

/** The tools of the list that were not seen before, added. */
export function withFirstSight(seen: SeenTools, tools: readonly unknown[]): SeenTools {
  const known = new Map(Object.entries(seen));
  for (const tool of tools) {
    const name = nameOf(tool);
    if (name !== null && !known.has(name) && known.size < MAX_SEEN) known.set(name, sightOf(tool));
  }
  return Object.fromEntries(known);
}

/** By the name of each tool that changed, what did. */
export function changesOf(seen: SeenTools, tools: readonly unknown[]): Readonly<Record<string, readonly string[]>> {
  const changes = tools.flatMap((tool) => {
    const name = nameOf(tool);
    const first = name === null || !Object.hasOwn(seen, name) ? undefined : seen[name];
    if (name === null || first === undefined) return [];
    const now = sightOf(tool);
    const what = [
      ...(first.description === now.description ? [] : ['its description']),
      ...(first.arguments === now.arguments ? [] : ['its arguments']),
      ...Object.entries(HINTS).flatMap(([hint, [cautious, promise]]) => {
        const [before, after] = [first.hints[hint] ?? cautious, now.hints[hint] ?? cautious];
        if (before === after) return [];
        return [after === cautious ? `it no longer says ${promise}` : `it now says ${promise}, which is not believed`];
      }),
    ];
    return what.length === 0 ? [] : [[name, what] as const];
  });
  return Object.fromEntries(changes);
}

/** One sentence that names the tools that changed; null where none did. */
export function changesNote(changes: Readonly<Record<string, readonly string[]>>): string | null {
  const entries = Object.entries(changes);
  if (entries.length === 0) return null;
  const named = entries.slice(0, MAX_NAMED).map(([name, what]) => `${name} (${what.join(', ')})`);
  const more = entries.length > MAX_NAMED ? [`and ${entries.length - MAX_NAMED} more`] : [];
  return `${count(entries.length, 'tool')} of the service changed since the last login: ${[...named, ...more].join(', ')}. \`lucanto-mcp login\` accepts the changes.`;
}

/** The tool with the hints that may be believed. */
export function believed(tool: unknown, seen: SeenTools): unknown {
  const name = nameOf(tool);
  const first = name === null || !Object.hasOwn(seen, name) ? undefined : seen[name];
  if (first === undefined || !isJsonObject(tool)) return tool;
  const hints: JsonObject = isJsonObject(tool.annotations) ? { ...tool.annotations } : {};
  for (const [hint, [cautious]] of Object.entries(HINTS)) {
    const before = first.hints[hint];
    const promisesLess = (before ?? cautious) === cautious && (hints[hint] ?? cautious) !== cautious;
    // A tool that said outright that it reaches others does not stop to by saying nothing.
    const fellSilent = hint === 'openWorldHint' && before === true;
    if (promisesLess || fellSilent) hints[hint] = before ?? cautious;
  }
  return { ...tool, annotations: hints };
}

/** A tool that is left out: too long, or nested too deeply. */
export function isOversized(tool: unknown): boolean {
  return depthOf(tool) > MAX_DEPTH || stringifyJson(tool ?? null).length > MAX_TOOL_CHARS;
}

function depthOf(value: unknown): number {
  let deepest = 0;
  const open = [{ value, depth: 0 }];
  for (let next = open.pop(); next !== undefined && deepest <= MAX_DEPTH; next = open.pop()) {
    const { value: of, depth } = next;
    deepest = Math.max(deepest, depth);
    const members = Array.isArray(of) ? of : isJsonObject(of) ? Object.values(of) : [];
    for (const member of members) open.push({ value: member, depth: depth + 1 });
  }
  return deepest;
}

function sightOf(tool: unknown): SeenTool {
  const { title, description, inputSchema, outputSchema, annotations } = isJsonObject(tool) ? tool : {};
  const given = isJsonObject(annotations) ? annotations : {};
  const hints = Object.keys(HINTS).flatMap((hint) => (typeof given[hint] === 'boolean' ? [[hint, given[hint]]] : []));
  return {
    description: hashOf([title ?? null, given.title ?? null, description ?? null]),
    arguments: hashOf([inputSchema ?? null, outputSchema ?? null]),
    hints: Object.fromEntries(hints),
  };
}

function hashOf(value: unknown): string {
  return createHash('sha256').update(canonicalJson(value)).digest('hex').slice(0, 32);
}

function nameOf(tool: unknown): string | null {
  return isJsonObject(tool) && typeof tool.name === 'string' ? tool.name : null;
}
