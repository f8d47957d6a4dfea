/** What the workflows on GitHub may do, what they run, and in which order. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { ROOT } from '../helpers/npm.ts';

const FOLDER = join(ROOT, '.github', 'workflows');

const Permissions = z.record(z.string(), z.enum(['read', 'write', 'none']));
const Step = z.strictObject({
  name: z.string().optional(),
  uses: z.string().optional(),
  run: z.string().optional(),
  with: z.record(z.string(), z.unknown()).optional(),
  env: z.record(z.string(), z.string()).optional(),
});
const Job = z.strictObject({
  name: z.string().optional(),
  needs: z.union([z.string(), z.array(z.string())]).optional(),
  uses: z.string().optional(),
  'runs-on': z.string().optional(),
  'timeout-minutes': z.number().optional(),
  permissions: Permissions.optional(),
  strategy: z
    .strictObject({
      'fail-fast': z.boolean(),
      matrix: z.record(z.string(), z.array(z.union([z.string(), z.number()]))),
    })
    .optional(),
  env: z.record(z.string(), z.string()).optional(),
  steps: z.array(Step).optional(),
});
const Workflow = z.strictObject({
  name: z.string(),
  on: z.record(z.string(), z.unknown()),
  permissions: Permissions,
  jobs: z.record(z.string(), Job),
});
type Job = z.infer<typeof Job>;

const files = readdirSync(FOLDER).sort();
const texts = new Map(files.map((file) => [file, readFileSync(join(FOLDER, file), 'utf8')]));
const workflows = new Map([...texts].map(([file, text]) => [file, Workflow.parse(parse(text))]));

function jobOf(file: string, name: string): Job {
  const job = workflows.get(file)?.jobs[name];
  if (job === undefined) throw new Error(`${file} has no job ${name}`);
  return job;
}

function allJobs(): [string, Job][] {
  return [...workflows].flatMap(([file, { jobs }]) =>
    Object.entries(jobs).map(([name, job]): [string, Job] => [`${file} ${name}`, job]),
  );
}

/** Has something worth stealing: a secret, or a right to write. */
function isTrusted(job: Job): boolean {
  const secrets = JSON.stringify(job).match(/secrets[.]|github[.]token/g) ?? [];
  return secrets.length > 0 || Object.values(job.permissions ?? {}).includes('write');
}

function runsOf(job: Job): string[] {
  return (job.steps ?? []).flatMap(({ run }) => run ?? []);
}

describe('The workflows', () => {
  it('are one for changes and one for releases', () => {
    expect(files).toEqual(['ci.yml', 'release.yml']);
  });

  it('pin every action to a commit, and say which version that is', () => {
    const lines = [...texts].flatMap(([file, text]) =>
      [...text.matchAll(/^.*\buses:\s*(.*)$/gm)].map(([, what = '']) => ({ file, what })),
    );
    const uses = allJobs().flatMap(([, { uses, steps }]) => [uses, ...(steps ?? []).map((step) => step.uses)]);
    expect(lines.length).toBe(uses.filter((use) => use !== undefined).length);
    expect(lines.length).toBeGreaterThan(8);
    for (const { what } of lines.filter(({ what }) => !what.startsWith('./')))
      expect(what).toMatch(/^[\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
    // One commit per action, so that an update reaches all of them.
    const pinned = new Set(lines.map(({ what }) => what).filter((what) => !what.startsWith('./')));
    expect(pinned.size).toBe(new Set([...pinned].map((what) => what.split('@')[0])).size);
  });

  it('start on no event that gives a token to code of strangers, and put no text of an event into a shell', () => {
    for (const { on } of workflows.values())
      for (const event of Object.keys(on)) expect(['push', 'pull_request', 'workflow_call']).toContain(event);
    for (const [, job] of allJobs()) for (const run of runsOf(job)) expect(run).not.toContain('${{');
  });

  it('have no more permissions than each job needs, and keep no token after the checkout', () => {
    const allowed = Object.fromEntries([...workflows].map(([file, { permissions }]) => [file, permissions]));
    expect(allowed).toEqual({ 'ci.yml': { contents: 'read' }, 'release.yml': {} });
    const own = Object.fromEntries(
      allJobs().flatMap(([name, { permissions }]) => (permissions ? [[name, permissions]] : [])),
    );
    expect(own).toEqual({
      'release.yml changelog': { contents: 'read' },
      'release.yml ci': { contents: 'read' },
      'release.yml build': { contents: 'read' },
      'release.yml npm': { 'id-token': 'write' },
      'release.yml github': { contents: 'write' },
      'release.yml server-json': { contents: 'read' },
    });
    const checkouts = allJobs()
      .flatMap(([, { steps }]) => steps ?? [])
      .filter(({ uses }) => uses?.includes('/checkout@'));
    expect(checkouts.map((step) => step.with?.['persist-credentials'])).toEqual(checkouts.map(() => false));
  });

  it('install from the lock file, and run no install script of a dependency', () => {
    const installs = allJobs()
      .flatMap(([, job]) => runsOf(job))
      .filter((run) => /\bnpm (ci|i|install|add|update)\b|\bnpx\b/.test(run));
    expect(new Set(installs)).toEqual(new Set(['npm ci --ignore-scripts --no-audit --no-fund']));
    // `npm test` and `.ci/run` install with the same command.
    const prepare = readFileSync(join(ROOT, 'scripts', 'prepare.mjs'), 'utf8');
    expect(prepare).toContain("['ci', '--ignore-scripts', ");
    expect(prepare).not.toMatch(/'(i|install|add|update)'/);
  });

  it('run no code of this repository or of a dependency where there is a secret or a right to write', () => {
    const trusted = allJobs().filter(([, job]) => isTrusted(job));
    expect(trusted.map(([name]) => name)).toEqual(['release.yml npm', 'release.yml github', 'release.yml registry']);
    for (const [, { steps = [] }] of trusted) {
      expect(steps.filter(({ uses }) => uses?.includes('/checkout@'))).toEqual([]);
      expect(steps.filter(({ run }) => /\bnode\b|\bnpx\b|\bnpm (?!publish --ignore-scripts )/.test(run ?? ''))).toEqual(
        [],
      );
    }
  });

  it('list the licences of what is bundled, and look up its known vulnerabilities', () => {
    expect(runsOf(jobOf('ci.yml', 'bundled')).at(-1)).toBe('node scripts/check-bundled.mjs');
  });

  it('have a time limit for every job', () => {
    for (const [name, job] of allJobs())
      expect([name, job.uses !== undefined || (job['timeout-minutes'] ?? 0) > 0]).toEqual([name, true]);
  });

  it('test on Linux, macOS and Windows, each with Node 20, 22 and 24', () => {
    const { strategy, steps, ...job } = jobOf('ci.yml', 'test');
    expect(strategy?.matrix).toEqual({
      os: ['ubuntu-latest', 'macos-latest', 'windows-latest'],
      node: [20, 22, 24],
    });
    expect(job['runs-on']).toMatch(/^\$\{\{ matrix[.]os }}$/);
    const versions = steps?.flatMap((step) => step.with?.['node-version'] ?? []) ?? [];
    expect(versions.join()).toMatch(/^\$\{\{ matrix[.]node }}$/);
    expect(steps?.flatMap(({ run }) => run ?? [])).toEqual(['npm test', 'npm run test:long']);
    expect(runsOf(jobOf('ci.yml', 'checks'))).toEqual(['.ci/run', 'node scripts/check-server-json.mjs']);
  });

  it('call only scripts that exist', () => {
    const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
    const runs = allJobs()
      .flatMap(([, job]) => runsOf(job))
      .join('\n');
    const named = [...runs.matchAll(/\bnpm run (\S+)/g)].map(([, name]) => name);
    const called = [...runs.matchAll(/\bnode (scripts\/\S+)/g)].map(([, path]) => path ?? '');
    expect(named.filter((name) => name === undefined || !Object.hasOwn(scripts, name))).toEqual([]);
    expect(called.length).toBeGreaterThan(2);
    expect(called.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
    expect(scripts.prepublishOnly).toBe('node scripts/check-release.mjs');
  });
});

describe('A release', () => {
  it('starts with a tag, and publishes nothing before the changelog check and every test have passed', () => {
    expect(workflows.get('release.yml')?.on).toEqual({ push: { tags: ['v*'] } });
    expect(runsOf(jobOf('release.yml', 'changelog'))).toEqual(['node scripts/check-release.mjs']);
    expect(jobOf('release.yml', 'ci')).toMatchObject({ needs: 'changelog', uses: './.github/workflows/ci.yml' });
    expect(workflows.get('ci.yml')?.on).toHaveProperty('workflow_call');
    expect(jobOf('release.yml', 'build').needs).toBe('ci');
    expect(jobOf('release.yml', 'npm').needs).toBe('build');
    expect(jobOf('release.yml', 'github').needs).toBe('npm');
    expect(jobOf('release.yml', 'server-json').needs).toBe('github');
    expect(jobOf('release.yml', 'registry').needs).toEqual(['npm', 'github', 'server-json']);
  });

  it('builds package, bundle and notes once, and publishes those files', () => {
    expect(runsOf(jobOf('release.yml', 'build'))).toEqual([
      'npm ci --ignore-scripts --no-audit --no-fund',
      'npm run build',
      'mkdir release',
      'npm pack --ignore-scripts --pack-destination release',
      'node scripts/bundle.mjs --out release',
      'node scripts/check-release.mjs --notes > release/notes.md',
    ]);
    const handedOn = (name: string, action: string) =>
      jobOf('release.yml', name).steps?.find(({ uses }) => uses?.startsWith(`actions/${action}@`))?.with?.name;
    expect(handedOn('build', 'upload-artifact')).toBe('release');
    for (const name of ['npm', 'github']) expect(handedOn(name, 'download-artifact')).toBe('release');
    expect(handedOn('server-json', 'upload-artifact')).toBe('server-json');
    expect(handedOn('registry', 'download-artifact')).toBe('server-json');
  });

  it('publishes the tarball to npm, and attaches the bundle and the notes to the release under its version', () => {
    const [publish = '', ...others] = runsOf(jobOf('release.yml', 'npm'));
    expect(others).toEqual([]);
    expect(publish).toMatch(/^npm publish --ignore-scripts "[.]\/lucanto-mcp-\$\{GITHUB_REF_NAME#v\}[.]tgz"$/);
    const [create = '', ...rest] = runsOf(jobOf('release.yml', 'github'));
    expect(rest).toEqual([]);
    expect(create).toMatch(/^gh release create "\$GITHUB_REF_NAME" "lucanto-mcp-\$\{GITHUB_REF_NAME#v\}[.]mcpb" /);
    expect(create).toMatch(/ --verify-tag .*--notes-file notes[.]md$/);
  });

  it('runs the publisher of the MCP registry only if its checksum is the pinned one', () => {
    const { env = {}, ...job } = jobOf('release.yml', 'registry');
    expect(env.PUBLISHER).toMatch(
      /^https:\/\/github[.]com\/modelcontextprotocol\/registry\/releases\/download\/v[\d.]+\//,
    );
    expect(env.PUBLISHER_SHA256).toMatch(/^[0-9a-f]{64}$/);
    const [download = '', , publish] = runsOf(job);
    const commands = download.trim().split('\n');
    expect(commands.map((line) => line.split(' ')[0])).toEqual(['curl', 'echo', 'tar']);
    expect(download).toContain('| sha256sum --check --strict\n');
    expect(publish).toBe('"$RUNNER_TEMP/mcp-publisher" publish server.json');
  });

  it('gives the registry the checksum of the bundle that users download', () => {
    const [, describe = ''] = runsOf(jobOf('release.yml', 'server-json'));
    const at = ['curl -fsSL -o "$RUNNER_TEMP/$bundle" "$url"', 'server-json.mjs --bundle', 'check-server-json.mjs'].map(
      (part) => describe.indexOf(part),
    );
    expect(at).toEqual(at.toSorted((a, b) => a - b));
    expect(at[0]).toBeGreaterThan(0);
  });

  it('logs in to the registry in the way that owns the name of the server', () => {
    const { name } = JSON.parse(readFileSync(join(ROOT, 'server.json'), 'utf8'));
    const [namespace = ''] = name.split('/');
    const login = runsOf(jobOf('release.yml', 'registry')).find((run) => run.includes(' login '));
    const domain = namespace.split('.').toReversed().join('.');
    expect(login).toContain(
      namespace.startsWith('io.github.') ? ' login github-oidc' : ` login dns --domain ${domain} `,
    );
  });
});
