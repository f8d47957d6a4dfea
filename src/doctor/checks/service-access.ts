import { KIND_WORDS } from '../../auth/token.ts';
import { AuthError } from '../../core/errors.ts';
import { ago } from '../../core/text.ts';
import {
  answeredWith,
  type Check,
  type DoctorContext,
  type DoctorOptions,
  type Finding,
  fail,
  failedWith,
  type Known,
  ok,
  skip,
  warn,
} from '../check.ts';
import { ONLINE } from './network.ts';

/** Both ways into the service, with the token. */
const SECONDS = 20;

export const tokenAcceptedCheck: Check = {
  id: 'token-accepted',
  title: 'Token accepted',
  needs: ['token', 'token-form', 'token-origin', ...ONLINE],
  after: ['contract'],
  seconds: SECONDS,
  run: async ({ service, origin }) => {
    const asked = await service.ask();
    const refusal = refusalIn(asked);
    if (refusal !== null) return failedWith(refusal);
    const answered = asked.catalogue === null || !(asked.workspaces instanceof Error);
    return answered ? ok(`by ${origin}`) : skip('nobody who could tell has answered');
  },
};

export const restCheck: Check = {
  id: 'rest',
  title: 'REST API',
  needs: ['token-accepted'],
  seconds: SECONDS,
  run: async ({ service, settings }) => {
    if (settings.backend === 'remote') return skip('not used with --backend remote');
    const { workspaces } = await service.ask();
    return workspaces instanceof Error ? answeredWith(workspaces) : ok('answers');
  },
};

export const mcpCheck: Check = {
  id: 'mcp',
  title: 'MCP endpoint',
  needs: ['token-accepted'],
  seconds: SECONDS,
  run: async ({ service, settings }) => {
    const { catalogue } = await service.ask();
    const known = service.known().catalogue;
    if (catalogue === null) return ok(`answers, ${known.tools} tools`);
    // Calls go over REST then, and its list of an earlier day still says what the token may do.
    const isOptional = settings.backend !== 'remote' && known.source === 'cached';
    return isOptional
      ? warn(`${catalogue.message} Its last known list is used.`, catalogue.hint)
      : failedWith(catalogue);
  },
};

/** One endpoint that refuses the token while the other takes it is that endpoint's own fault. */
function refusalIn({ workspaces, catalogue }: DoctorOptions): AuthError | null {
  if (workspaces instanceof AuthError) return workspaces;
  return catalogue instanceof AuthError && workspaces instanceof Error ? catalogue : null;
}

/** What the token may do, and where. */
export const scopesCheck: Check = {
  id: 'scopes',
  title: 'Scopes',
  needs: ['token-accepted'],
  after: ['rest', 'mcp'],
  run: ({ service, settings, origin }, { stateOf }) => {
    const { scopes, tools, notes, catalogue } = service.known();
    if (tools === 0) {
      return fail(
        `this token may use no tool. ${notes.join(' ')}`.trim(),
        `Make a token with the scopes that you need at ${origin}/settings/api_keys, then run \`lucanto-mcp login\`.`,
      );
    }
    if (catalogue.source === 'never' && stateOf('mcp') === 'fail' && !settings.readOnly) {
      return skip(`${tools} tools, only those that read, because of "MCP endpoint" (mcp)`);
    }
    return ok(`${scopes.join(', ') || 'none known'}: ${tools} tools`);
  },
};

const SHOWN = 3;

export const workspacesCheck: Check = {
  id: 'workspaces',
  title: 'Workspaces',
  needs: ['token-accepted'],
  after: ['rest', 'mcp'],
  run: async ({ service, settings }, { stateOf }) => {
    const { workspaces } = await service.ask();
    if (workspaces instanceof Error) {
      if (stateOf('rest') === 'fail') return skip('not looked at because of "REST API" (rest)');
      return failedWith(workspaces);
    }
    if (workspaces.length === 0) {
      return warn(
        'the token reaches none',
        'Create a workspace in Lucanto, or log in with a token of a user who has one.',
      );
    }
    const names = workspaces.slice(0, SHOWN).map(({ id, name }) => `${name} (${id})`);
    const rest = workspaces.length > SHOWN ? ` and ${workspaces.length - SHOWN} more` : '';
    const pinned = settings.workspace;
    if (pinned === null) return ok(names.join(', ') + rest);
    const found = workspaces.find(({ id }) => id === pinned);
    if (found !== undefined) return ok(`pinned to ${found.name} (${found.id})`);
    return fail(
      `the pinned workspace ${pinned} is not among those that the token reaches: ${names.join(', ')}${rest}`,
      'Give --workspace the id of one of them, or leave it out.',
    );
  },
};

/** The token, before anybody is asked: is there one, can it be one, and is it for this service. */
const OTHER_ORIGIN = 'token_of_other_origin';
const MALFORMED = 'token_malformed';

export const tokenCheck: Check = {
  id: 'token',
  title: 'Token',
  after: ['profile'],
  run: ({ credential: { credential, problem } }, { stateOf }) => {
    if (credential !== null) return ok(`${KIND_WORDS[credential.kind]} from ${credential.where}`);
    if (problem === null) return fail('there is none', 'Run `lucanto-mcp login`.');
    if (problem.code === OTHER_ORIGIN || problem.code === MALFORMED) return ok('there is one');
    // Said there already, with its fix.
    if (stateOf('profile') === 'fail')
      return { state: 'skip', detail: 'not looked at because of "Stored profile" (profile)' };
    return failedWith(problem);
  },
};

export const tokenFormCheck: Check = {
  id: 'token-form',
  title: 'Form of the token',
  needs: ['token', 'profile'],
  run: ({ credential: { problem, warnings } }) => {
    if (problem?.code === MALFORMED) return failedWith(problem);
    const [first] = warnings;
    if (first === undefined) return ok('as tokens are');
    return warn(
      warnings.join(' '),
      /chmod/.test(first) ? first.replace(/^.*run: /, 'Run: ') : 'Put the token alone there.',
    );
  },
};

export const tokenOriginCheck: Check = {
  id: 'token-origin',
  title: 'Token for this service',
  needs: ['token', 'token-form'],
  run: ({ credential: { credential, problem }, origin }) => {
    if (problem !== null) return failedWith(problem);
    const bound = credential?.source === 'stored' ? 'bound to' : 'given for';
    return ok(`${bound} ${origin}`);
  },
};

/** Also where nobody answers: what the tools are made of then matters most. */
export const contractCheck: Check = {
  id: 'contract',
  title: 'Contract',
  after: ONLINE,
  seconds: 20,
  run: async (context, { stateOf }) => {
    const isDown = ONLINE.some((id) => stateOf(id) === 'fail');
    const error = isDown ? null : (await context.service.ask()).contract;
    const { contract } = context.service.known();
    const detail = words(contract, context);
    if (contract.rejected !== null) {
      return warn(
        `${detail}; the newest one was not believed: ${contract.rejected}`,
        'Check --url, and if it is right, update with `npm install -g lucanto-mcp@latest`.',
      );
    }
    if (contract.source === 'live') return ok(detail);
    if (error !== null) return insteadOfLive(detail, answeredWith(error));
    return warn(detail, 'Make the service reachable first, then run `lucanto-mcp doctor` again.');
  },
};

function words({ source, fetchedAt, operations }: Known['contract'], { clock }: DoctorContext): string {
  const age = fetchedAt === null ? 'came with this version' : ago(fetchedAt, clock());
  const names = { live: 'live', cached: 'last known', bundled: 'bundled' } as const;
  return source === 'live' ? `live, ${operations} operations` : `${names[source]} (${age}), ${operations} operations`;
}

/** The bridge works on with what it has. */
function insteadOfLive(detail: string, { detail: why, fix }: Finding): Finding {
  return warn(`${detail}: ${why}`, fix ?? 'Run `lucanto-mcp doctor` again.');
}
