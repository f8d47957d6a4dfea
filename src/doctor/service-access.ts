import { KIND_WORDS } from '../auth/token.ts';
import { AuthError, type LucantoError, ProtocolError } from '../core/errors.ts';
import { accessInWords, ago, asSentence, type Company, count, matchingNames, pinProblem } from '../core/text.ts';
import {
  type Check,
  type CheckResult,
  type DoctorContext,
  fail,
  failedWith,
  ok,
  skip,
  skipBecauseOf,
  warn,
} from './check.ts';
import { ONLINE } from './network.ts';
import { profileCheck } from './stored-files.ts';

/** Both ways into the service with the API key, and what the key allows. */
const SECONDS = 20;
const MAX_NAMES = 3;

/** `Alpha (1), Beta (2)`, and how many more there are. */
function companyNames(companies: readonly { readonly id: string; readonly name: string }[]): string {
  const names = companies.slice(0, MAX_NAMES).map(({ id, name }) => `${name} (${id})`);
  const rest = companies.length > MAX_NAMES ? ` and ${companies.length - MAX_NAMES} more` : '';
  return names.join(', ') + rest;
}

/** Also where the service cannot be reached: the source of the tools then matters most. */
const contractCheck: Check = {
  id: 'contract',
  title: 'API description',
  after: ONLINE,
  seconds: SECONDS,
  run: async ({ service, clock }, { stateOf }) => {
    const isDown = ONLINE.some((id) => stateOf(id) === 'fail');
    const error = isDown ? null : (await service.ask()).contract;
    const { contract } = service.known();
    const { source, fetchedAt, operations, rejected } = contract;
    const names = { live: 'read just now', cached: 'the last one read', bundled: 'the one of this version' } as const;
    const age = source === 'live' || fetchedAt === null ? '' : ` (${ago(fetchedAt, clock())})`;
    const detail = `${names[source]}${age}, ${count(operations, 'operation')}`;
    if (rejected !== null) {
      return warn(
        `In use: ${detail}. The newest one cannot be used: ${rejected}`,
        'Check --url. If it is right, update with `npm install -g lucanto-mcp@latest`.',
      );
    }
    if (source === 'live') return ok(detail);
    const fix = 'Solve the problem with the connection above, then run `lucanto-mcp doctor` again.';
    if (error === null) return warn(`It could not be read from the service. In use: ${detail}.`, fix);
    const answered = answeredWith(error);
    return warn(`${asSentence(answered.detail)} In use: ${detail}.`, answered.fix ?? fix);
  },
};

const tokenAcceptedCheck: Check = {
  id: 'token-accepted',
  title: 'Key accepted',
  needs: ['token', 'token-form', 'token-origin', ...ONLINE],
  after: ['contract'],
  seconds: SECONDS,
  run: async ({ service, origin }) => {
    const { workspaces, catalogue } = await service.ask();
    if (workspaces instanceof AuthError) return refused(workspaces, origin);
    // One endpoint that refuses the key while the other takes it is that endpoint's own fault.
    if (catalogue instanceof AuthError && workspaces instanceof Error) return refused(catalogue, origin);
    const isAccepted = catalogue === null || !(workspaces instanceof Error);
    return isAccepted ? ok(`by ${origin}`) : skip('neither the REST API nor the MCP endpoint answered');
  },
};

function refused({ details, code, hint }: AuthError, origin: string): CheckResult {
  return fail(`${origin} refused this API key (${details.status ?? code}).`, hint);
}

/** The service may have no companies to choose from. */
function hasNoList(workspaces: unknown): boolean {
  return workspaces instanceof ProtocolError && workspaces.code === 'no_workspace_list';
}

const restCheck: Check = {
  id: 'rest',
  title: 'Reading data',
  needs: ['token-accepted'],
  seconds: SECONDS,
  run: async ({ service, settings }) => {
    if (settings.backend === 'remote') return skip('not used with --backend remote');
    const { workspaces } = await service.ask();
    if (hasNoList(workspaces)) return skip('the service has no list of companies to try it with');
    return workspaces instanceof Error ? answeredWith(workspaces) : ok('answers');
  },
};

const mcpCheck: Check = {
  id: 'mcp',
  title: 'List of tools',
  needs: ['token-accepted'],
  seconds: SECONDS,
  run: async ({ service, settings }) => {
    const { catalogue } = await service.ask();
    const known = service.known().catalogue;
    const { changes } = service.known();
    if (catalogue === null && changes !== null) {
      return warn(changes, 'Read what changed with `lucanto-mcp tools`, then run `lucanto-mcp login` to accept it.');
    }
    if (catalogue === null) return ok(`answers, ${count(known.tools, 'tool')}`);
    // Calls go over REST then, and an earlier list still says what the key allows.
    const isOptional = settings.backend !== 'remote' && known.source === 'cached';
    return isOptional
      ? warn(`${asSentence(catalogue.message)} The list of tools last seen is used.`, catalogue.hint)
      : failedWith(catalogue);
  },
};

const scopesCheck: Check = {
  id: 'scopes',
  title: 'Access',
  needs: ['token-accepted'],
  after: ['rest', 'mcp'],
  run: ({ service, settings, origin }, { stateOf }) => {
    const { scopes, tools, notes, catalogue } = service.known();
    if (tools === 0) {
      return fail(
        `This API key allows no tool. ${notes.map(asSentence).join(' ')}`.trim(),
        `Create an API key with the access that you need at ${origin}/settings/api_keys, then run \`lucanto-mcp login\`.`,
      );
    }
    if (catalogue.source === 'never' && stateOf('mcp') === 'fail' && !settings.readOnly) {
      return skip(`only the ${count(tools, 'tool')} that read, because of "${mcpCheck.title}"`);
    }
    return ok(`${accessInWords(scopes) || 'not known'} (${count(tools, 'tool')})`);
  },
};

const workspacesCheck: Check = {
  id: 'workspaces',
  title: 'Companies',
  needs: ['token-accepted'],
  after: ['rest', 'mcp'],
  run: async ({ service, settings }, { stateOf }) => {
    const { workspaces } = await service.ask();
    if (hasNoList(workspaces)) return skip('the service has no list of companies');
    if (workspaces instanceof Error) {
      return stateOf('rest') === 'fail' ? skipBecauseOf(restCheck) : failedWith(workspaces);
    }
    if (workspaces.length === 0) {
      return warn(
        'This API key gives access to no company.',
        'Create a company in Lucanto, or log in with an API key of a user who has one.',
      );
    }
    return pinnedCompany(workspaces, settings) ?? ok(companyNames(workspaces));
  },
};

function pinnedCompany(companies: readonly Company[], { workspace }: DoctorContext['settings']) {
  if (workspace === null) return null;
  const problem = pinProblem(companies, workspace);
  if (problem !== null) return fail(problem, 'Give --workspace the id of one of them, or leave it out.');
  return ok(`pinned to ${companyNames(matchingNames(companies, workspace))}`);
}

export const SERVICE_CHECKS: readonly Check[] = [contractCheck, restCheck, mcpCheck];

/** What the service says about the key. */
export const ACCESS_CHECKS: readonly Check[] = [tokenAcceptedCheck, scopesCheck, workspacesCheck];

const OTHER_ORIGIN = 'token_of_other_origin';
const MALFORMED = 'token_malformed';
const UNTRUSTED = 'profile_untrusted';

export const API_KEY_CHECKS: readonly Check[] = [
  {
    id: 'token',
    title: 'API key',
    after: ['profile'],
    run: ({ credential: { credential, problem } }, { stateOf }) => {
      if (credential !== null) {
        const where = credential.source === 'stored' ? 'in the saved account' : `from ${credential.where}`;
        return ok(`${KIND_WORDS[credential.kind]} ${where}`);
      }
      if (problem === null) return fail('There is no API key.', 'Run `lucanto-mcp login`.');
      if (problem.code === OTHER_ORIGIN || problem.code === MALFORMED) return ok('found');
      // The config directory's own finding has the fix.
      if (problem.code === UNTRUSTED) return skip('the stored API key is not used');
      return stateOf('profile') === 'fail' ? skipBecauseOf(profileCheck) : failedWith(problem);
    },
  },
  {
    id: 'token-form',
    title: 'Form of the key',
    needs: ['token', 'profile'],
    run: ({ credential: { problem, warnings } }) => {
      if (problem?.code === MALFORMED) return failedWith(problem);
      if (warnings.length === 0) return ok('as Lucanto writes them');
      const command = /run `([^`]*)`/.exec(warnings.join('\n'))?.[1];
      const fix =
        command === undefined ? 'Store the API key alone, exactly as Lucanto shows it.' : `Run \`${command}\`.`;
      return warn(warnings.join(' '), fix);
    },
  },
  {
    id: 'token-origin',
    title: 'Service of the key',
    needs: ['token', 'token-form'],
    run: ({ credential: { credential, problem }, origin }) => {
      if (problem !== null) return failedWith(problem);
      return ok(`${credential?.source === 'stored' ? 'stored for' : 'given for'} ${origin}`);
    },
  },
];

/** The same for an answer of the service: a 404 for everything means that the address is wrong. */
function answeredWith(error: LucantoError): CheckResult {
  const fix = 'Check --url: it must be the address of Lucanto itself.';
  return fail(error.message, error.details.status === 404 ? fix : error.hint);
}
