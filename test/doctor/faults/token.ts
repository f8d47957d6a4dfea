/** Faults of the API key and of what it gives access to. */
import { writeFileSync } from 'node:fs';
import { front } from '../services.ts';
import { PROFILE } from '../test-computer.ts';
import { DEAD, type Fault } from './fault.ts';

export const TOKEN_FAULTS: readonly Fault[] = [
  {
    fault: 'no API key',
    arrange: ({ service }) => ({ args: ['--url', service.url] }),
    finds: ['token: fail'],
    detail: /There is no (token|API key)/,
    fix: /^Run `lucanto-mcp login --url /,
  },
  {
    fault: 'stored API key is not valid JSON',
    arrange: async ({ loggedIn, path: at, service }) => {
      await loggedIn();
      writeFileSync(at(PROFILE), '{"token": "lct_pat_00');
      return { args: ['--url', service.url] };
    },
    finds: ['profile: fail'],
    detail: /cannot be parsed|damaged|cannot be read/,
    fix: /^Repair the file or move it away, then run `lucanto-mcp login --url \S+` again/,
  },
  {
    fault: '--token-file is empty',
    arrange: ({ put, path: at, service }) => {
      put('token', '\n');
      return { args: ['--url', service.url, '--token-file', at('token')] };
    },
    finds: ['token: fail'],
    detail: /has an empty first line/,
    fix: /^Put the (token|API key) alone on the first line/,
  },
  {
    fault: '--token-file holds more than a token',
    arrange: ({ put, path: at, service }) => {
      put('token', 'my token is secret-word-42\n');
      return { args: ['--url', service.url, '--token-file', at('token')] };
    },
    finds: ['token-form: fail'],
    detail: /has a space in it/,
    fix: /(token|API key|key) alone/,
  },
  {
    fault: 'API key of another service address',
    arrange: async ({ loggedIn, keep, service }) => {
      await loggedIn();
      return { args: ['--url', keep(await front(service, {})).origin] };
    },
    finds: ['token-origin: fail'],
    detail: /belongs to http:\/\/127[.]0[.]0[.]1:\d+ and is not sent to/,
    fix: /^Run `lucanto-mcp login --url .*--profile <name>/,
  },
  {
    fault: 'API key refused (401)',
    arrange: async ({ login }) => {
      await login(DEAD, '--no-verify');
      return undefined;
    },
    finds: ['token-accepted: fail'],
    detail: /refused the (token|API key)|401/i,
    fix: /(Make|Create) a new (token|API key) at .*settings\/api_keys.*lucanto-mcp login/,
  },
  {
    fault: 'token file that other users can read',
    arrange: ({ put, path: at, service }) => {
      put('token', `${service.tokens.manage}\n`, 0o644);
      return { args: ['--url', service.url, '--token-file', at('token')] };
    },
    finds: ['token-form: warn'],
    detail: /can be read by other/,
    fix: /^Run `chmod 600 ~[/]token`[.]$/,
  },
  {
    fault: 'key of another service',
    arrange: ({ service }) => ({ args: ['--url', service.url], env: { LUCANTO_TOKEN: 'ghp_opaque-secret-4711' } }),
    finds: ['token-accepted: fail', 'token-form: warn'],
    detail: /refused the (token|API key)|401/i,
    fix: /(Make|Create) a new (token|API key)/,
  },
  {
    fault: 'pinned company that does not exist',
    arrange: async ({ loggedIn }) => {
      await loggedIn();
      return { args: ['--workspace', '77'] };
    },
    finds: ['workspaces: fail'],
    detail: /^No company matches "77"[.] The API key reaches /,
    fix: /^Give --workspace the id of one of them/,
  },
];
