import { readProfile } from '../auth/profile.ts';
import { KIND_WORDS, type TokenKind } from '../auth/token.ts';
import type { Bridge } from '../bridge/bridge.ts';
import { SETTINGS } from '../config/settings.ts';
import { ago, count } from '../core/text.ts';
import { VERSION } from '../core/version.ts';
import type { CommandContext } from './command.ts';

/** What is known on this machine about the service and the token: never the token itself. */
/** The form of `status --json`. */
interface Status {
  readonly version: string;
  readonly origin: string;
  readonly profile: string;
  readonly config_dir: string;
  readonly token: {
    readonly source: string;
    readonly where: string;
    readonly kind: TokenKind;
    /** ISO 8601 and whether the service accepted it; for stored tokens only. */
    readonly saved_at?: string;
    readonly verified?: boolean;
  } | null;
  /** Why there is no token. */
  readonly problem: { readonly error: string; readonly message: string; readonly hint: string } | null;
  readonly workspaces: readonly { readonly id: string; readonly name: string }[];
  readonly pinned_workspace: string | null;
  readonly scopes: readonly string[];
  readonly tools: number;
  readonly contract: { readonly source: string; readonly fetched_at: string | null; readonly operations: number };
  readonly catalogue: { readonly source: string; readonly fetched_at: string | null; readonly tools: number };
  readonly notes: readonly string[];
  /** Every global option with its value and where that came from. */
  readonly settings: Readonly<Record<string, { readonly value: unknown; readonly source: string }>>;
}

export function gatherStatus(bridge: Bridge): Status {
  const { settings, credential, problem, catalogue } = bridge;
  const contract = catalogue.contractState();
  const remote = catalogue.remoteState();
  const reading = credential?.source === 'stored' ? readProfile(settings) : null;
  const stored = reading?.state === 'stored' ? reading.profile : null;
  return {
    version: VERSION,
    origin: bridge.origin,
    profile: settings.profile,
    config_dir: settings.configDir,
    token: credential && {
      source: credential.source,
      where: credential.where,
      kind: credential.kind,
      ...(stored && { saved_at: stored.savedAt, verified: stored.verified }),
    },
    problem: problem && { error: problem.code, message: problem.message, hint: problem.hint },
    workspaces: (catalogue.knownWorkspaces() ?? stored?.workspaces ?? []).filter(
      ({ id }) => settings.workspace === null || id === settings.workspace,
    ),
    pinned_workspace: settings.workspace,
    scopes: catalogue.scopes(),
    tools: bridge.visible().length,
    contract: { source: contract.source, fetched_at: contract.fetchedAt, operations: contract.operations },
    catalogue: { source: remote.source, fetched_at: remote.fetchedAt, tools: remote.tools },
    notes: catalogue.notes(),
    settings: settingsOf(bridge),
  };
}

function settingsOf({ settings }: Bridge): Status['settings'] {
  const values: Readonly<Record<string, unknown>> = settings;
  const sources: Readonly<Record<string, string>> = settings.sources;
  return Object.fromEntries(
    Object.keys(SETTINGS).map((key) => [key, { value: values[key] ?? null, source: sources[key] ?? 'default' }]),
  );
}

export function printStatus({ output, clock }: CommandContext, status: Status): void {
  const row = (name: string, text: string) => output.line(`${output.style('bold', name.padEnd(11))} ${text}`);
  const age = (at: string | null, none: string) => (at === null ? none : ago(at, clock()));
  row('Service', status.origin);
  row('Profile', `${status.profile} (in ${status.config_dir})`);
  row('Token', describeToken(status, clock()));
  row('Workspaces', status.workspaces.map(({ id, name }) => `${name} (${id})`).join(', ') || 'not known yet');
  if (status.pinned_workspace !== null) row('Pinned', `only workspace ${status.pinned_workspace} can be reached`);
  row('Scopes', status.scopes.join(', ') || 'not known yet');
  row('Tools', `${count(status.tools, 'tool')} shown`);
  row('Contract', `${status.contract.source}, ${age(status.contract.fetched_at, "the service's own was never read")}`);
  row(
    'Catalogue',
    status.catalogue.source === 'never'
      ? 'never seen'
      : `${status.catalogue.source}, ${age(status.catalogue.fetched_at, '')}`,
  );
  for (const [key, { value, source }] of Object.entries(status.settings)) {
    if (source === 'flag' || source === 'environment') row('Setting', `${key} = ${String(value)} (${source})`);
  }
  for (const note of status.notes) output.note(`note: ${note}`);
  if (status.problem !== null) output.note(`hint: ${status.problem.hint}`);
}

function describeToken({ token, problem }: Status, now: number): string {
  if (token === null) return `none: ${problem?.message ?? 'nobody logged in'}`;
  const stored =
    token.saved_at === undefined ? '' : `, stored ${ago(token.saved_at, now)}${token.verified ? '' : ', not verified'}`;
  return `${KIND_WORDS[token.kind]} from ${token.where}${stored}`;
}
