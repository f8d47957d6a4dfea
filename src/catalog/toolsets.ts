/**
 * `--toolsets`: which resources there are tools for. `invoices,contacts` leaves only these, `-quotes` takes one away.
 * Workspaces always stay: every conversation begins there.
 */
export type Toolsets = readonly string[];

const ALWAYS = 'workspaces';

/** @param toolsets as parsed from the setting; null where all are wanted */
export function isSwitchedOff(resource: string, toolsets: Toolsets | null): boolean {
  if (toolsets === null || resource === ALWAYS) return false;
  if (toolsets.includes(`-${resource}`)) return true;
  const only = toolsets.filter((name) => !name.startsWith('-'));
  return only.length > 0 && !only.includes(resource);
}

/** Names that no tool is about: misspelled, or of a resource that the service does not have (yet). */
export function unknownToolsets(resources: Iterable<string>, toolsets: Toolsets | null): readonly string[] {
  const known = new Set([...resources, ALWAYS]);
  return (toolsets ?? []).map((name) => name.replace(/^-/, '')).filter((name) => !known.has(name));
}
