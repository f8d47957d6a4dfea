// Creates by several clients over several copies of the bridge, through faults and kills, counted at the end:
// `npm run soak -- --seed 7 [--creates 2000] [--clients 8] [--copies 4]`. Exit code 0 only if nothing is twice, lost or
// unanswered. The soak is TypeScript, shared with the tests: it is bundled first, so that it runs on any Node.
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from 'tsup';

const root = fileURLToPath(new URL('..', import.meta.url));
const number = (short) => ({ type: 'string', default: String(short) });
const { values } = parseArgs({
  options: { seed: number(Date.now() % 1_000_000), creates: number(2000), clients: number(8), copies: number(4) },
});
const options = Object.fromEntries(Object.entries(values).map(([name, value]) => [name, Number(value)]));
for (const [name, value] of Object.entries(options)) {
  if (Number.isInteger(value) && value >= (name === 'seed' ? 0 : 1)) continue;
  process.stderr.write(`error: --${name} is ${values[name]}, which is no count\nhint: npm run soak -- --seed 7\n`);
  process.exit(2);
}

// Two folders deep like test/helpers: the helpers find the bridge from where they lie.
const outDir = `${root}.cache/soak`;
await build({
  entry: { soak: `${root}test/helpers/soak.ts` },
  outDir,
  format: 'esm',
  target: 'node20',
  outExtension: () => ({ js: '.mjs' }),
  config: false,
  silent: true,
});
const { soak, summary, passed } = await import(pathToFileURL(`${outDir}/soak.mjs`).href);

const started = Date.now();
let shown = 0;
const report = await soak({
  ...options,
  onProgress: (done) => {
    if (done - shown < options.creates / 20) return;
    shown = done;
    process.stderr.write(`${done} of ${options.creates} creates, ${Math.round((Date.now() - started) / 1000)} s\n`);
  },
});
process.stderr.write(`answers ${JSON.stringify(report.answers)}\n`);
for (const line of [...report.wrong, ...report.conflictingEntries].slice(0, 20))
  process.stderr.write(`wrong: ${line}\n`);
process.stdout.write(`${summary(report)}\n`);
process.exitCode = passed(report) ? 0 : 1;
