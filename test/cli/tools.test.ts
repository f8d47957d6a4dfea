import { describe, expect, it } from 'vitest';
import { programAndService } from './program-and-service.ts';

const bench = programAndService('workspaces');

const tools = (token: string, ...args: string[]) =>
  bench.program.run(['tools', '--url', bench.service.url, ...args], { env: { LUCANTO_TOKEN: token } });

describe('The command tools', () => {
  it('groups the tools by what they may do, with a sentence on each and whether it asks first', async () => {
    const { code, stdout, stderr } = await tools(bench.service.tokens.manage);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^Read \(\d+ tools\)\nlucanto_list_workspaces +List/m);
    expect(stdout).toMatch(/^lucanto_list_invoices +List invoices.*[.]$/m);
    expect(stdout).toMatch(/^lucanto_create_invoice {2,}[A-Z]\S+ /m);
    expect(stdout).toMatch(/^lucanto_send_invoice +\S.+[.] Asks first[.]$/m);
    expect(stdout.indexOf('lucanto_list_invoices')).toBeLessThan(stdout.indexOf('lucanto_create_invoice'));
    expect(stdout.trimEnd()).toMatch(/\n\d+ tools[.]$/);
    expect(stdout).not.toMatch(/tokens|~\d/);
    const unasked = await tools(bench.service.tokens.manage, '--confirm', 'never');
    expect(unasked.stdout).not.toContain('Asks first');
  });

  it('says with --cost what each tool takes of the context, and above 40 tools how to have fewer', async () => {
    const { stdout } = await tools(bench.service.tokens.manage, '--cost');
    expect(stdout).toMatch(/^lucanto_list_invoices +~[\d,]+ {2}List invoices/m);
    expect(stdout.trimEnd()).toMatch(/\d+ tools, about [\d,]+ tokens of a model's context\.$/);
    expect(stdout).toMatch(/^More than 40 tools: --toolsets \S+ or --read-only offers fewer\. Resources: .*invoices/m);
    expect(stdout).toMatch(/^\d+ tools describe the arguments that are seldom needed in one argument/m);
    const fewer = await tools(bench.service.tokens.manage, '--toolsets', 'invoices', '--json', '--all');
    const answer = JSON.parse(fewer.stdout);
    expect(answer).not.toHaveProperty('advice');
    expect(answer.hidden.map(({ reason }: { reason: string }) => reason)).toContainEqual(
      expect.stringMatching(/ are switched off [(]--toolsets or LUCANTO_TOOLSETS is set[)]$/),
    );
  });

  it('lists the tools of the token, and with --all the hidden ones with the reason', async () => {
    const read = await tools(bench.service.tokens.readInvoices);
    expect(read.stdout).toContain('lucanto_list_invoices');
    expect(read.stdout).not.toContain('lucanto_create_invoice');
    const all = await tools(bench.service.tokens.readInvoices, '--all');
    expect(all.stdout).toMatch(/^Hidden \(\d+ tools\)$/m);
    const reasons = all.stdout.slice(all.stdout.indexOf('Hidden')).match(/^[a-z ]+: .+$/gm) ?? [];
    expect(reasons.length).toBeGreaterThan(3);
    expect(new Set(reasons).size).toBe(reasons.length);
    // Once for a resource, whatever access its tools need.
    const contacts = reasons.filter((line) => line.startsWith('contacts: '));
    expect(contacts).toEqual([expect.stringContaining('read:contacts or write:contacts or manage:contacts')]);
    expect(all.stdout).toMatch(/^ {2}.*\blucanto_create_invoice\b/m);
  });

  it('prints the same as JSON with --json', async () => {
    const { stdout } = await tools(bench.service.tokens.read, '--json', '--all');
    const answer = JSON.parse(stdout);
    expect(answer.tools[0]).toMatchObject({
      name: 'lucanto_list_workspaces',
      tier: 'read',
      route: 'rest',
      tokens: expect.any(Number),
    });
    expect(answer.tools[0].annotations).toMatchObject({ readOnlyHint: true, destructiveHint: false });
    expect(answer.hidden[0]).toMatchObject({ name: expect.any(String), reason: expect.any(String) });
    expect(answer.total_tokens).toBeGreaterThan(1000);
  });

  it('lists the tools that read, with a note, when there is no token or nothing answers', async () => {
    const without = await bench.program.run(['tools']);
    expect(without.code).toBe(0);
    expect(without.stdout).toContain('lucanto_list_invoices');
    expect(without.stdout).not.toContain('lucanto_create_invoice');
    expect(without.stderr).toContain('Note: There is no API key');
    const env = { LUCANTO_TOKEN: bench.service.tokens.manage };
    const down = await bench.program.run(['tools', '--url', 'http://127.0.0.1:9'], { env });
    expect(down.code).toBe(0);
    expect(down.stdout).toContain('lucanto_list_invoices');
    expect(down.stderr).toContain('Note: Could not refresh the tool list; this is the cached one.');
  });

  it('exits with 3 for a token that the service refuses', async () => {
    expect((await tools('lct_pat_00000000000000000000000000000000')).code).toBe(3);
  });
});

describe('The embedded Lucanto on the command line', () => {
  it('serves every command with --demo, without a token and without leaving anything behind', async () => {
    bench.program.newHome();
    const status = await bench.program.run(['status', '--demo', '--json']);
    expect(JSON.parse(status.stdout)).toMatchObject({ token: { source: 'demo' }, catalogue: { source: 'live' } });
    expect((await bench.program.run(['tools', '--demo'])).stdout).toContain('lucanto_issue_invoice');
    expect((await bench.program.run(['--demo', 'call', 'lucanto_list_workspaces'])).code).toBe(0);
    expect(Object.keys(bench.program.files())).toEqual([]);
  });

  it.runIf(process.platform !== 'win32').each([
    ['SIGINT', 130],
    ['SIGTERM', 0],
  ] as const)('runs as a server of its own until %s, and prints the line that logs in', async (signal, code) => {
    const args = ['demo', '--generation', 'accounts'];
    const run = await bench.program.run(args, { signalAfter: { pattern: /Ctrl-C/, signal }, keepOpen: true });
    expect(run.code).toBe(code);
    expect(run.stdout).toMatch(/runs at http:\/\/127\.0\.0\.1:\d+ \(accounts generation\)/);
    expect(run.stdout).toMatch(/^ {2}read +lct_pat_\w+$/m);
    expect(run.stdout).toMatch(/^ {2}echo lct_pat_\w+ \| lucanto-mcp login --url http:\/\/127\.0\.0\.1:\d+$/m);
  });

  it('says that its port is in use', async () => {
    const { code, stderr } = await bench.program.run(['demo', '--port', new URL(bench.service.url).port]);
    expect(code).toBe(1);
    expect(stderr).toContain('another program listens there');
  });
});

describe('The command serve', () => {
  it('is the default command, and prints only answers on stdout', async () => {
    const initialize = {
      jsonrpc: '2.0',
      id: 1,
      method: 'initialize',
      params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'test', version: '1' } },
    };
    for (const args of [[], ['serve'], ['--demo', '--log-level', 'debug']]) {
      const { code, stdout } = await bench.program.run(args, { stdin: `${JSON.stringify(initialize)}\n` });
      expect(code).toBe(0);
      expect(
        stdout
          .trimEnd()
          .split('\n')
          .map((line) => JSON.parse(line).id),
      ).toEqual([1]);
    }
  });
});
