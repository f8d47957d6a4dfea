/** A person at a prompt: three tries for a key, and Ctrl-C and Ctrl-D change nothing, at every prompt of every command. */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { programAndService } from '../cli/program-and-service.ts';
import { NODE_IN_SHELL } from '../helpers/run.ts';
import { atTerminal, HAS_TERMINAL, type Typed } from '../helpers/terminal.ts';

const bench = programAndService('workspaces');
beforeEach(() => bench.program.newHome());

function put(name: string, value: unknown): void {
  const file = path.join(bench.program.home, name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, JSON.stringify(value));
}

function type(args: string, TERM: string, ...typed: readonly Typed[]) {
  const bin = path.join(path.dirname(bench.program.home), 'bin', 'lucanto-mcp.js');
  const env = { HOME: bench.program.home, PATH: '/usr/bin:/bin', LANG: 'C.UTF-8', NO_COLOR: '1', TERM };
  const url = args.startsWith('call') ? '' : ` --url ${bench.service.url}`;
  return atTerminal(`${NODE_IN_SHELL} "${bin}" ${args}${url}`, env, bench.program.home, typed);
}

const KEY_PROMPT = /API key \(from /;
const WRONG: Typed = { after: KEY_PROMPT, keys: 'hunter2hunter2\r' };
const AGAIN = /Try\s+again[\s\S]*API key \(from /;

/** Every prompt, and how one comes to it. The last pattern is the prompt itself. */
const PROMPTS: readonly (readonly [prompt: string, args: string, before: readonly Typed[], after: RegExp])[] = [
  ['the key of login', 'login', [], KEY_PROMPT],
  ['the key of login after a wrong one', 'login', [WRONG], AGAIN],
  ['which apps to connect', 'setup', [], /Which apps/],
  ['the login that setup offers', 'setup cursor', [], /Log in first/],
  ['the key in the login of setup', 'setup cursor', [{ after: /Log in first/, keys: 'y\r' }], KEY_PROMPT],
  ['whether to replace an entry', 'setup windsurf', [], /Replace|Verify the key/],
  ['which apps to disconnect', 'setup --remove', [], /disconnect/],
  ['what cannot be undone', 'call lucanto_delete_contact --arg workspace_id=42 --arg id=518', [], /cannot be undone/],
];

describe.skipIf(!HAS_TERMINAL)('A prompt', () => {
  it.each(
    PROMPTS.flatMap(([prompt, args, before, after], at) =>
      // Both kinds of prompt and both keys, crossed, so that half of the terminals do.
      (['\u0003', '\u0004'] as const).map((key, index) => ({
        prompt,
        args,
        before,
        after,
        key,
        TERM: (at + index) % 2 === 0 ? 'xterm' : 'dumb',
      })),
    ),
  )(
    'for $prompt is cancelled by $key with TERM=$TERM, and nothing was changed',
    async ({ args, before, after, key, TERM }) => {
      const entry = { command: process.execPath, args: ['/x/bin/lucanto-mcp.js'] };
      put('.cursor/mcp.json', args.includes('--remove') ? { mcpServers: { lucanto: entry } } : {});
      const url = `${bench.service.url}/api/mcp/v1`;
      put('.codeium/windsurf/mcp_config.json', { mcpServers: { lucanto: { url } } });
      if (args.startsWith('call')) {
        await bench.program.run(['login', '--url', bench.service.url], { stdin: bench.service.tokens.manage });
      }
      const files = bench.program.files();
      const seen = await type(args, TERM, ...before, { after, keys: key });
      expect(seen.code).toBe(130);
      expect(seen.screen.trimEnd()).toMatch(/Cancelled[.] Nothing was changed[.]$/);
      expect(seen.screen).not.toMatch(/hunter2|error:|hint:/);
      expect(Object.keys(bench.program.files())).toEqual(Object.keys(files));
      for (const [name, text] of Object.entries(files))
        expect([name, bench.program.files()[name]]).toEqual([name, text]);
      expect(bench.service.requests.filter(({ method }) => method === 'DELETE')).toEqual([]);
    },
  );
});

describe.skipIf(!HAS_TERMINAL)('A wrong key at the prompt', () => {
  it.each(['xterm', 'dumb'])('is asked for again, three times in all, with TERM=%s', async (TERM) => {
    const thrice = await type(
      'login',
      TERM,
      WRONG,
      { after: AGAIN, keys: 'no\r' },
      { after: AGAIN, keys: 'lct_pat_0\r' },
    );
    expect(thrice.code).toBe(3);
    expect(thrice.screen.match(/Try\s+again/g)).toHaveLength(2);
    expect(Object.keys(bench.program.files())).toEqual([]);
    const right: Typed = { after: AGAIN, keys: `${bench.service.tokens.manage}\r` };
    const third = await type('login', TERM, WRONG, { after: AGAIN, keys: '\r' }, right);
    expect([third.code, third.screen]).toEqual([0, expect.stringContaining('Signed in')]);
    expect(third.screen).not.toContain('hunter2');
  });

  it('is asked for again where setup offers the login, and no app is connected without one', async () => {
    put('.cursor/mcp.json', {});
    const refused: Typed = { after: KEY_PROMPT, keys: `lct_pat_${'0'.repeat(38)}\r` };
    const right: Typed = { after: AGAIN, keys: `${bench.service.tokens.manage}\r` };
    const seen = await type('setup cursor', 'xterm', { after: /Log in first/, keys: 'y\r' }, refused, right);
    expect([seen.code, seen.screen]).toEqual([0, expect.stringMatching(/^connected +Cursor/m)]);
  });
});
