// Which files of src a call runs through, and how often the run changes from one file to another:
//   npm run trace                                         the list of tools, and one create, over the embedded Lucanto
//   npm run trace -- setup claude-desktop --yes --demo    any command, in a home of its own
// Every function of src notes that it was entered. Imports of types and of values that are not called do not count.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as acorn from 'acorn';
import { build, transform } from 'esbuild';
import { connect, env, pause } from '../bench/client.mjs';
import { embeddedLucanto } from '../bench/service.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const out = join(root, '.cache/trace');
const log = join(out, 'entered.txt');
const program = join(out, 'bin/lucanto-mcp.mjs');
/** Longer than what a start still does after its first answers. */
const SETTLED_MS = 4_000;

/** The same program, each function of which says first that it was entered. */
function noted(code, file) {
  const inserts = [];
  const note = `globalThis.__entered?.(${JSON.stringify(file)})`;
  const visit = (node) => {
    if (/Function/.test(node.type) && node.body) {
      if (node.body.type === 'BlockStatement') inserts.push([node.body.start + 1, `${note};`]);
      else inserts.push([node.body.start, `(${note},`], [node.body.end, ')']);
    }
    for (const child of Object.values(node).flat()) if (typeof child?.type === 'string') visit(child);
  };
  visit(acorn.parse(code, { ecmaVersion: 'latest', sourceType: 'module' }));
  let text = code;
  for (const [at, insert] of inserts.reverse().sort(([one], [other]) => other - one)) {
    text = text.slice(0, at) + insert + text.slice(at);
  }
  return text;
}

async function buildNoted() {
  rmSync(out, { recursive: true, force: true });
  mkdirSync(join(out, 'bin'), { recursive: true });
  const packageJson = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const plugin = {
    name: 'trace',
    setup({ onLoad, onResolve }) {
      const shims = join(root, 'scripts/sdk-shims.ts');
      onResolve({ filter: /^@modelcontextprotocol\/(server|client)\/_shims$/ }, () => ({ path: shims }));
      onLoad({ filter: /\/src\/.*\.ts$/ }, async ({ path }) => {
        const { code } = await transform(readFileSync(path, 'utf8'), { loader: 'ts', format: 'esm', target: 'node20' });
        return { contents: noted(code, relative(root, path)), loader: 'js' };
      });
    },
  };
  await build({
    entryPoints: [join(root, 'src/cli/main.ts')],
    outdir: join(out, 'dist'),
    bundle: true,
    splitting: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    outExtension: { '.js': '.mjs' },
    logLevel: 'error',
    alias: { 'jsonc-parser': 'jsonc-parser/lib/esm/main.js' },
    define: { __BUILD__: '"trace"', __VERSION__: JSON.stringify(packageJson.version) },
    banner: {
      js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
    },
    plugins: [plugin],
  });
  writeFileSync(
    program,
    `import { writeFileSync } from 'node:fs';
const entered = [];
let last = '';
process.on('exit', () => writeFileSync(${JSON.stringify(log)}, entered.join('\\n')));
const { main } = await import('../dist/main.mjs');
globalThis.__entered = (file) => {
  if (file !== last) entered.push(\`\${Date.now()} \${file}\`);
  last = file;
};
await main(null);
`,
  );
}

/** @param from @param to milliseconds since the epoch */
function print(what, from = 0, to = Number.POSITIVE_INFINITY) {
  const lines = readFileSync(log, 'utf8').split('\n').filter(Boolean);
  const files = lines.flatMap((line) => {
    const [time, file] = line.split(' ');
    return Number(time) >= from && Number(time) <= to ? [file] : [];
  });
  const times = new Map();
  for (const file of files) times.set(file, (times.get(file) ?? 0) + 1);
  const each = [...times].sort(([, one], [, other]) => other - one).map(([file, count]) => `  ${count} ${file}\n`);
  process.stdout.write(`${what}: ${times.size} files, ${files.length} changes of file\n${each.join('')}`);
}

async function traceCalls() {
  const service = await embeddedLucanto(join(root, 'bin/lucanto-mcp.js'));
  const config = mkdtempSync(join(tmpdir(), 'lucanto-trace-'));
  const client = connect([program, '--config-dir', config, '--confirm', 'never'], {
    LUCANTO_TOKEN: service.token,
    LUCANTO_URL: service.url,
  });
  const firstId = ({ result }) => /"id":"?(\d+)/.exec(result.content[0].text)[1];
  const timed = async (work) => {
    await pause(200);
    const from = Date.now();
    await work();
    await pause(200);
    return [from, Date.now()];
  };
  await client.open();
  await client.request('tools/list');
  await pause(SETTLED_MS);
  // What is loaded and built once is not the way of a list or call.
  await client.request('tools/list');
  const list = await timed(() => client.request('tools/list'));
  const company = firstId(await client.call('lucanto_list_workspaces'));
  const contact = firstId(await client.call('lucanto_list_contacts', { workspace_id: company, limit: 1 }));
  const invoice = (name) => {
    const items = [{ name, quantity: '1', unit_price: '10.00', vat_rate: '23' }];
    return client.call('lucanto_create_invoice', { workspace_id: company, purchaser_id: contact, items });
  };
  await invoice('The first');
  const create = await timed(() => invoice('The second'));
  await client.end();
  service.stop();
  rmSync(config, { recursive: true });
  print('The list of tools', ...list);
  print('One create', ...create);
}

await buildNoted();
const command = process.argv.slice(2);
if (command.length === 0) await traceCalls();
else {
  const home = mkdtempSync(join(tmpdir(), 'lucanto-trace-'));
  const own = { HOME: home, XDG_CONFIG_HOME: join(home, '.config'), APPDATA: home, USERPROFILE: home };
  const options = { env: { ...env, ...own }, stdio: 'inherit' };
  const { status } = spawnSync(process.execPath, [program, ...command], options);
  rmSync(home, { recursive: true });
  print(`\`${command.join(' ')}\` (exit code ${status})`);
}
