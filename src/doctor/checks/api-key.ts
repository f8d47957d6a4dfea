import { KIND_WORDS } from '../../auth/token.ts';
import { type Check, fail, failedWith, ok, skip, skipBecauseOf, warn } from '../check.ts';
import { profileCheck } from './stored-files.ts';

/** The API key, before anybody is asked: is there one, can it be one, and is it for this service. */
const OTHER_ORIGIN = 'token_of_other_origin';
const MALFORMED = 'token_malformed';
const UNTRUSTED = 'profile_untrusted';

export const API_KEY_CHECKS: readonly Check[] = [
  {
    id: 'token',
    title: 'API key',
    after: ['profile'],
    run: ({ credential: { credential, problem } }, { stateOf }) => {
      if (credential !== null) return ok(`${KIND_WORDS[credential.kind]} from ${credential.where}`);
      if (problem === null) return fail('There is no API key.', 'Run `lucanto-mcp login`.');
      if (problem.code === OTHER_ORIGIN || problem.code === MALFORMED) return ok('there is one');
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
      const fix = command === undefined ? 'Store the API key alone, exactly as Lucanto shows it.' : `Run: ${command}`;
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
