// Changes what must not fail silently bit by bit, and names what no test notices: `npm run test:mutation`, or
// `npm run test:mutation -- guard` for one part, `-- writes src/writes/lock.ts` for a file of it. Prints a score for each.
// What no test can notice, since it changes nothing, is named in equivalent-mutants.json; it counts as not noticed all the same.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const ENOUGH = 85;
const ARGUMENTS = 'src/catalog/arguments';
// Both at once take too long for one run of the others.
const CHANGES = ['record-change', 'change-draft'].map((name) => `${ARGUMENTS}/${name}.ts`);
// Unit tests only: a mutant is tried with each test that reaches it, and one that starts a bridge reaches most of them.
const inWrites = (...names) => names.map((name) => `test/writes/${name}.test.ts`).join(',');
const PARTS = {
  writes: {
    files: 'src/writes/*.ts',
    tests: inWrites('attempt', 'disk', 'history', 'ledger', 'lock', 'messages', 'send-count', 'write-states'),
  },
  guard: {
    files: 'src/catalog/request-guard.ts,src/catalog/other-workspaces.ts',
    tests: 'test/catalog/request-guard.test.ts',
  },
  confirm: { files: 'src/confirm/*.ts', tests: 'test/confirm/*.test.ts' },
  arguments: {
    files: `${ARGUMENTS}/*.ts,${CHANGES.map((file) => `!${file}`)}`,
    tests: 'test/unit/arguments/*.test.ts',
  },
  changes: { files: CHANGES.join(','), tests: 'test/unit/arguments/change-draft.test.ts' },
};

const [name, ...files] = process.argv.slice(2);
if (name !== undefined && !Object.hasOwn(PARTS, name)) {
  process.stderr.write(`error: there is no part ${name}\nhint: parts are ${Object.keys(PARTS).join(', ')}\n`);
  process.exit(2);
}

const scores = (name === undefined ? Object.keys(PARTS) : [name]).map((part) => {
  const { files: all, tests } = PARTS[part];
  const report = join('reports', 'mutation', `${part}.json`);
  const args = ['stryker', 'run', '--mutate', files.length > 0 ? files.join(',') : all];
  const env = { ...process.env, MUTATION_TESTS: tests, MUTATION_REPORT: report };
  const { status } = spawnSync('npx', args, { cwd: root, env, stdio: 'inherit', shell: process.platform === 'win32' });
  if (status !== 0) process.exit(status ?? 1);
  return { part, ...score(JSON.parse(readFileSync(join(root, report), 'utf8'))) };
});

function score({ files: mutated }) {
  const statuses = Object.values(mutated).flatMap(({ mutants }) => mutants.map(({ status }) => status));
  const count = (...wanted) => statuses.filter((status) => wanted.includes(status)).length;
  const killed = count('Killed', 'Timeout');
  const survived = count('Survived', 'NoCoverage');
  return { killed, survived, score: Math.floor((1000 * killed) / Math.max(1, killed + survived)) / 10 };
}

for (const { part, killed, survived, score: percent } of scores)
  process.stdout.write(`${part.padEnd(10)} ${String(percent).padStart(5)} %  ${killed} noticed, ${survived} not\n`);
const low = scores.filter((one) => one.score < ENOUGH);
if (low.length > 0) process.stderr.write(`error: below ${ENOUGH} %: ${low.map(({ part }) => part).join(', ')}\n`);
process.exit(low.length > 0 ? 1 : 0);
