import { KIND_WORDS } from '../auth/token.ts';
import type { Bridge } from '../bridge/bridge.ts';
import { writeLimits } from '../config/setting.ts';
import { SETTINGS } from '../config/settings.ts';
import { VERSION } from '../core/command-name.ts';
import { EXIT, type ExitCode } from '../core/errors.ts';
import { accessInWords, ago, count, matchingNames, pinProblem } from '../core/text.ts';
import type { CommandContext, CommandInput } from './command.ts';
import { callContext, withBridge } from './short-calls.ts';

/** What is known on this computer about service and API key, never the key itself: the form of `status --json`. */
async function gatherStatus({ profile }: CommandContext, bridge: Bridge) {
  const { settings, credential, problem, catalogue } = bridge;
  const contract = catalogue.contractState();
  const remote = catalogue.remoteState();
  const stored = credential?.source === 'stored' && profile.state === 'stored' ? profile.profile : null;
  const workspaces = catalogue.knownWorkspaces() ?? stored?.workspaces ?? [];
  const pin = settings.workspace;
  const misplaced = pin === null || workspaces.length === 0 ? null : pinProblem(workspaces, pin);
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
    // Under a pin no other company is named.
    workspaces: pin === null ? workspaces : matchingNames(workspaces, pin),
    pinned_workspace: pin,
    scopes: catalogue.scopes(),
    tools: bridge.visible().length,
    contract: { source: contract.source, fetched_at: contract.fetchedAt, operations: contract.operations },
    catalogue: { source: remote.source, fetched_at: remote.fetchedAt, tools: remote.tools },
    notes: [...catalogue.notes(), ...(misplaced === null ? [] : [misplaced])],
    limits: await limitsOf(bridge),
    settings: settingsOf(bridge),
  };
}

/** Those of `--limit`; `used` is on the present day by all copies of the bridge, null where that cannot be read. */
async function limitsOf(bridge: Bridge) {
  const texts = bridge.settings.limit ?? [];
  const { sends: most } = writeLimits(texts);
  const used = most === null ? null : await bridge.sendsToday().catch(() => null);
  return texts.map((limit) => {
    const left = used === null || most === null ? null : Math.max(0, most - used);
    return limit.startsWith('sends=') ? { limit, used, left } : { limit };
  });
}

/** `sends=10/day` as people read it. */
function limitText({ limit, used, left }: Awaited<ReturnType<typeof limitsOf>>[number]): string {
  const { sends, amounts, storedRecipients } = writeLimits([limit]);
  if (storedRecipients) return "sends go only to addresses of the customer's record";
  if (sends === null)
    return `at most ${[...amounts].map((one) => one.toReversed().join(' ')).join(', ')} for each document`;
  const state = used == null ? 'how many were used today cannot be read' : `${used} used today, ${left} left`;
  return `at most ${count(sends, 'send')} a day: ${state}`;
}

function settingsOf({ settings }: Bridge) {
  const values: Readonly<Record<string, unknown>> = settings;
  const sources: Readonly<Record<string, string>> = settings.sources;
  return Object.fromEntries(
    Object.keys(SETTINGS).map((key) => [key, { value: values[key] ?? null, source: sources[key] ?? 'default' }]),
  );
}

function printStatus({ output, clock }: CommandContext, status: Awaited<ReturnType<typeof gatherStatus>>): void {
  const row = (name: string, text: string) => output.described(output.style('bold', name), LABEL_WIDTH, text);
  const { contract, catalogue } = status;
  row('Service', status.origin);
  row('Profile', `${status.profile} (in ${status.config_dir})`);
  row('API key', describeToken(status, clock()));
  row('Companies', status.workspaces.map(({ id, name }) => `${name} (${id})`).join(', ') || 'not known yet');
  const [only, ...others] = status.workspaces;
  const pin = only && others.length === 0 ? `${only.name} (${only.id})` : `company ${status.pinned_workspace}`;
  if (status.pinned_workspace !== null) row('Pinned', `only ${pin} can be reached`);
  row('Access', accessInWords(status.scopes) || 'not known yet');
  const listed =
    catalogue.fetched_at === null
      ? "; Lucanto's list was never read"
      : `, from a list read ${ago(catalogue.fetched_at, clock())}`;
  row('Tools', count(status.tools, 'tool') + listed);
  const described =
    contract.fetched_at === null
      ? "as of this version; Lucanto's API description was never read"
      : `from Lucanto's API description, read ${ago(contract.fetched_at, clock())}`;
  row('Functions', `${contract.operations}, ${described}`);
  for (const limit of status.limits) row('Limit', limitText(limit));
  for (const [key, { flag, variable }] of Object.entries(SETTINGS)) {
    const { value, source } = status.settings[key] ?? {};
    if (source !== 'flag' && source !== 'environment') continue;
    const words = value === true ? flag : `${flag} ${value === false ? 'off' : String(value)}`;
    row('Setting', `${words} (${source === 'flag' ? 'given here' : `from ${variable}`})`);
  }
  for (const note of status.notes) output.note(`Note: ${note}`);
  if (status.problem !== null) output.note(`hint: ${status.problem.hint}`);
}

/** The longest label is `Companies`. */
const LABEL_WIDTH = 10;

function describeToken({ token, problem, profile }: Awaited<ReturnType<typeof gatherStatus>>, now: number): string {
  if (token === null) return `Not signed in. ${problem?.message ?? ''}`.trimEnd();
  const kind = KIND_WORDS[token.kind];
  if (token.saved_at === undefined) return `${kind} from ${token.where}`;
  return `${kind}, stored in profile ${profile} ${ago(token.saved_at, now)}${token.verified ? '' : ', not verified'}`;
}

/** `status`: what is known without a network request. */
export function runStatus(context: CommandContext, input: CommandInput): Promise<ExitCode> {
  return withBridge(context, async (bridge) => {
    // The demo keeps nothing between runs, and needs no network.
    if (context.settings.demo) await bridge.refresh(callContext(bridge, context));
    const status = await gatherStatus(context, bridge);
    if (input.has('json')) context.output.json(status);
    else printStatus(context, status);
    return EXIT.done;
  });
}
