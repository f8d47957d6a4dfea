// Lists the packages whose code is in the build, with their licences, and fails where npm knows a vulnerability of one.
// `--report <file>`: what `npm audit --json` printed before, instead of asking the registry.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const root = fileURLToPath(new URL('..', import.meta.url));
const { report } = parseArgs({ options: { report: { type: 'string' } } }).values;
const read = (...path) => readFileSync(join(root, ...path), 'utf8');

const heading = /^-{80}\n(\S+) (\S+) \((.+)\)\n-{80}$/gm;
const notices = read('dist', 'THIRD-PARTY-NOTICES.txt');
const bundled = [...notices.matchAll(heading)].map(([, name, version, license]) => ({ name, version, license }));
for (const { name, version, license } of bundled) process.stdout.write(`${license.padEnd(14)}${name}@${version}\n`);

// By place, since one package may be locked in several versions of which only one is bundled.
const places = new Set(
  Object.entries(JSON.parse(read('package-lock.json')).packages)
    .filter(([path, { version }]) =>
      bundled.some((one) => path.endsWith(`node_modules/${one.name}`) && version === one.version),
    )
    .map(([path]) => path),
);
const found = Object.values(audit()).flatMap(({ name, nodes, via }) => {
  // `via` also names packages that this one only depends on: those have their own entry.
  const advisories = via.filter((cause) => typeof cause === 'object');
  return nodes.some((path) => places.has(path)) ? advisories.map((advisory) => ({ name, ...advisory })) : [];
});
for (const { name, severity, title, url } of found) process.stderr.write(`${severity}: ${name}: ${title} ${url}\n`);
if (found.length > 0) {
  process.stderr.write(
    'error: Bundled packages have known vulnerabilities.\nhint: Run `npm update <package>` for each, and release again.\n',
  );
  process.exitCode = 1;
} else {
  process.stdout.write(`${bundled.length} bundled packages, no known vulnerability\n`);
}

function audit() {
  const { stdout } =
    report === undefined
      ? spawnSync('npm', ['audit', '--json', '--package-lock-only'], {
          cwd: root,
          encoding: 'utf8',
          shell: process.platform === 'win32',
        })
      : { stdout: readFileSync(report, 'utf8') };
  const { vulnerabilities, message } = JSON.parse(stdout);
  if (vulnerabilities !== undefined) return vulnerabilities;
  process.stderr.write(
    `error: npm could not look up known vulnerabilities: ${message}\nhint: Check that this computer reaches npm's registry, then run it again.\n`,
  );
  process.exit(1);
}
