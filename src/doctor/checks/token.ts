/** The token, before anybody is asked: is there one, can it be one, and is it for this service. */
import { KIND_WORDS } from '../../auth/token.ts';
import { type Check, fail, failedWith, ok, warn } from '../check.ts';

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
