import { stringifyJson } from '../core/json.ts';
import { count, groupedBy } from '../core/text.ts';
import type { ContractSource } from './contract-source.ts';
import { ALWAYS_ON, type Toolsets } from './grants.ts';
import type { Listing, SentDescriptor } from './listing/list-size.ts';
import type { RemoteSource } from './remote-source.ts';
import type { CatalogueOptions, CatalogueSnapshot, HiddenTool } from './tool-selection.ts';

/** What is said of a catalogue: why tools are missing or old, and what its list costs a model. */

/** Why tools of a snapshot are missing or old, one sentence each. */
export function catalogueNotes(
  snapshot: CatalogueSnapshot,
  known: {
    readonly options: CatalogueOptions;
    readonly contract: ContractSource;
    readonly remote: RemoteSource;
    /** Which tools of the remote endpoint changed since the last login. */
    readonly changes: string | null;
    /** Those that there are tools for. */
    readonly resources: readonly string[];
  },
): readonly string[] {
  const { options, contract, remote, changes, resources } = known;
  const { shadowing, grants } = snapshot;
  const { catalogueSeen: isSeen } = grants;
  // What the service has is not known before its own contract and tool list are.
  const unknown = isSeen ? unknownToolsets(resources, options.toolsets) : [];
  const stopped = remote.workspacesStopped;
  const notes: readonly (string | null | false)[] = [
    snapshot.roomNote(),
    !isSeen &&
      options.scopes.length === 0 &&
      "Only read tools are shown until the service's own tool list, which says what the API key may do, has been seen.",
    options.readOnly && 'Read-only mode: tools that write do not exist.',
    unknown.length > 0 &&
      `--toolsets names ${unknown.join(', ')}, and there are no such tools; known: ${resources.join(', ')}.`,
    stopped !== null && `There may be further companies: their list could not be read to its end (${stopped}).`,
    changes,
    remote.oversized > 0 &&
      `${count(remote.oversized, 'tool')} of the service left out: too long or too deeply nested to be looked at.`,
    shadowing.length > 0 &&
      `${shadowing.join(', ')} of the service left out: the name is that of a tool of lucanto-mcp itself.`,
    options.backend === 'remote'
      ? null
      : (unusableNote(contract) ?? (options.pinned === null ? null : pinNote(contract))),
    contractNote(contract),
  ];
  return notes.filter((note) => typeof note === 'string');
}

function unusableNote(contract: ContractSource): string | null {
  const { operations, leftOut } = contract.state();
  const [first] = leftOut;
  if (operations > 0 || first === undefined) return null;
  return `None of the ${leftOut.length} operations of the service's API can be used (${first.operation}: ${first.reason}). \`lucanto-mcp tools --all\` gives each reason.`;
}

function pinNote({ operations, isLive }: ContractSource): string | null {
  const isNamed = operations.some(({ workspace, resource }) => workspace !== null || resource === 'workspaces');
  if (isNamed || !isLive) return null;
  return '--workspace is set, and nothing in the API of the service says which company a call is for: it may restrict nothing.';
}

function contractNote(contract: ContractSource): string | null {
  const { rejected } = contract.state();
  if (contract.refused !== null)
    return `Tools that write are hidden, since the service's own API cannot be known: ${contract.refused}`;
  if (rejected === null) return null;
  return `The service's last API description stays in use, since the newest cannot be used: ${rejected}`;
}

/** Names that no tool is about: misspelled, or of a resource that the service does not have (yet). */
function unknownToolsets(resources: Iterable<string>, toolsets: Toolsets | null): readonly string[] {
  const known = new Set([...resources, ALWAYS_ON]);
  return (toolsets ?? []).map((name) => name.replace(/^-/, '')).filter((name) => !known.has(name));
}

/** Reasons that differ only in the access that they need are one, with all of it: `read:contacts or write:contacts`. */
export function hiddenByReason(hidden: readonly HiddenTool[]) {
  const groups = groupedBy(hidden, ({ reason }) => reason.replace(SCOPE, '$2'));
  return [...groups.values()].map((group) => ({
    reason: inOne([...new Set(group.map(({ reason }) => reason))]),
    tools: group.map(({ tool }) => tool),
  }));
}

/** `manage:invoices`, with the word for the access. */
const SCOPE = /\b(read|write|manage)(:[a-z_*]+)/g;

function inOne([first = '', ...more]: readonly string[]): string {
  const others = more.map((reason) => reason.match(SCOPE) ?? []);
  let at = -1;
  return first.replace(SCOPE, (scope) => {
    at += 1;
    return [...new Set([scope, ...others.flatMap((scopes) => scopes[at] ?? [])])].join(' or ');
  });
}

/**
 * Characters of JSON to a token, measured with o200k over our lists: 4.34 for all, 4.32 read-only, 4.30 to 4.63 for one
 * resource, in the middle of which this is. Other models count a little differently.
 */
const CHARACTERS_PER_TOKEN = 4.45;
/** Beyond this, models choose worse and sessions cost more than they need. */
const MANY_TOOLS = 40;
const MANY_RESOURCES = 60;

/** Tokens that a tool costs in the context of every conversation, estimated; annotations stay in the host. */
export function contextCost({ name, description, inputSchema }: SentDescriptor): number {
  return Math.ceil(stringifyJson({ name, description, inputSchema }).length / CHARACTERS_PER_TOKEN);
}

export function totalCost(descriptors: readonly SentDescriptor[]): number {
  return descriptors.reduce((sum, descriptor) => sum + contextCost(descriptor), 0);
}

/** How to make a long list shorter; null for one that is short enough. */
export function narrowingAdvice({ descriptors }: Listing, resources: readonly string[]): string | null {
  if (descriptors.length <= MANY_TOOLS) return null;
  const example = resources
    .filter((name) => name !== 'workspaces')
    .slice(0, 2)
    .join(',');
  const rest = resources.length > MANY_RESOURCES ? ` and ${resources.length - MANY_RESOURCES} more` : '';
  return `More than ${MANY_TOOLS} tools: --toolsets ${example} or --read-only offers fewer. Resources: ${resources.slice(0, MANY_RESOURCES).join(', ')}${rest}.`;
}
