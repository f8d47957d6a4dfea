import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { type BuildOptions, build, type Plugin, transform } from 'esbuild';
import { defineConfig } from 'tsup';
import packageJson from './package.json' with { type: 'json' };
import { buildId } from './scripts/build-id.ts';
import { withOwnFetch } from './scripts/own-fetch.ts';
import { thirdPartyNotices } from './scripts/third-party.ts';

const root = fileURLToPath(new URL('.', import.meta.url));
const lazyValidator = fileURLToPath(new URL('./scripts/sdk-shims.ts', import.meta.url));

// CommonJS packages inside an ESM bundle call require() for Node's own modules.
const banner = {
  js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
};
// The builds that are meant for Node are not modules: a bundler cannot follow their parts, or finds no names in them.
const yaml = fileURLToPath(new URL('./node_modules/yaml/browser/dist/index.js', import.meta.url));
const alias = { 'jsonc-parser': 'jsonc-parser/lib/esm/main.js', yaml };
const define = { __BUILD__: JSON.stringify(buildId(root)), __VERSION__: JSON.stringify(packageJson.version) };
const common: BuildOptions = { bundle: true, platform: 'node', target: 'node20', define };

const lazySdkValidator: Plugin = {
  name: 'lazy-sdk-validator',
  setup({ onResolve }) {
    // The SDK's shim imports its 295 kB JSON Schema validator eagerly; ours has none, and we validate ourselves.
    onResolve({ filter: /^@modelcontextprotocol\/(server|client)\/_shims$/ }, () => ({ path: lazyValidator }));
  },
};

/** Parts that most runs never load, each with what only it needs: files of their own. */
const SEPARATE =
  /\/(commands|completion|parse)\.ts|open-bridge|stdio-server|demo-server|bundled-contract|write-profile|client-table|toml-text/;

const ownFetch: Plugin = {
  name: 'own-fetch',
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]node_modules[\\/]ky[\\/].*\.js$/ }, async ({ path }) => {
      return { contents: withOwnFetch(path, await readFile(path, 'utf8')) ?? '' };
    });
  },
};

const fewFiles: Plugin = {
  name: 'few-files',
  setup({ onLoad }) {
    // One file for each lazy import would make a hundred. Bundled beside its importer, it is still evaluated when it is first used.
    onLoad({ filter: /\/src\/.*\.ts$/ }, async ({ path }) => {
      const text = await readFile(path, 'utf8');
      const contents = text.replace(/\bimport\(('\.[^']+')\)/g, (lazy, from) =>
        SEPARATE.test(from) ? lazy : `Promise.resolve().then(() => require(${from}))`,
      );
      return { contents: withOwnFetch(path, contents) ?? contents, loader: 'ts' };
    });
  },
};

const withoutUnused: Plugin = {
  name: 'without-unused',
  setup({ onResolve, onLoad }) {
    // conf compares versions for migrations, and compiles schemas, only where it is given some: here it is not.
    onResolve({ filter: /^(semver|ajv\/dist\/2020\.js|ajv-formats)$/ }, ({ path }) => ({ path, namespace: 'unused' }));
    onLoad({ filter: /.*/, namespace: 'unused' }, () => ({
      contents: 'export default {}; export const Ajv2020 = null;',
    }));
  },
};

const smallFront: Plugin = {
  name: 'small-front',
  setup({ onResolve, onLoad }) {
    // The package says that it is pure, but not in the folder that is read, so that classes would stay that nothing uses.
    const numbers = fileURLToPath(new URL('./node_modules/lossless-json/lib/esm/index.js', import.meta.url));
    onResolve({ filter: /^lossless-json$/ }, () => ({ path: numbers, sideEffects: false }));
    // As a module, all of its members would be copied, which takes longer than reading the settings.
    onResolve({ filter: /^node:process$/ }, ({ path }) => ({ path, namespace: 'global' }));
    onLoad({ filter: /.*/, namespace: 'global' }, () => ({ contents: 'export default process' }));
    // None is needed by most starts, and the one is slow to load, the others to read.
    const late = new Map([
      ['node:os', "export const homedir = () => require('node:os').homedir()"],
      ['./service-check.ts', "module.exports = require('./check.cjs')"],
      ['./code-cache.ts', "module.exports = require('./code.cjs')"],
    ]);
    onResolve({ filter: /^node:os$|^\.\/((service-check|code-cache)\.ts|(check|code)\.cjs)$/ }, ({ path, kind }) => {
      return kind === 'require-call' ? { path, external: true } : { path, namespace: 'late' };
    });
    onLoad({ filter: /.*/, namespace: 'late' }, ({ path }) => ({ contents: late.get(path) ?? '' }));
  },
};

/** Node reads and links CommonJS sooner than modules, but only modules can be split into chunks. */
const commonJs = {
  name: 'common-js',
  renderChunk: async (text: string) => {
    const supported = { 'dynamic-import': false };
    const { code } = await transform(text, { format: 'cjs', target: 'node20', minify: true, supported });
    // One letter beyond ASCII, which the bundler leaves in patterns, and the whole file takes twice its size in memory.
    const escaped = (unit: string) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
    return { code: code.replace(/[^\0-\x7f]/g, escaped) };
  },
};

/** The entry: one small CommonJS file, which Node starts sooner than modules in chunks. */
async function buildFront(outdir: string): Promise<void> {
  const entryPoints = {
    front: 'src/front/launch.ts',
    check: 'src/front/service-check.ts',
    code: 'src/front/code-cache.ts',
  };
  const outExtension = { '.js': '.cjs' };
  await build({
    ...common,
    format: 'cjs',
    entryPoints,
    outdir,
    outExtension,
    minify: true,
    plugins: [smallFront],
  });
}

/** What a first start answers is asked of the server that was just built. */
async function buildReadyAnswers(outdir: string): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'lucanto-ready-'));
  const outfile = join(folder, 'ready-answers.mjs');
  const entryPoints = ['scripts/ready-answers.ts'];
  await build({ ...common, format: 'esm', entryPoints, outfile, banner, alias, plugins: [lazySdkValidator] });
  const { readyAnswers } = await import(pathToFileURL(outfile).href);
  await writeFile(join(outdir, 'ready.txt'), await readyAnswers());
  await rm(folder, { recursive: true });
}

/** `--outDir` builds elsewhere, and leaves dist alone. */
export default defineConfig(({ outDir = 'dist' }) => ({
  entry: { main: 'src/cli/main.ts' },
  format: 'esm',
  outExtension: () => ({ js: '.cjs' }),
  plugins: [commonJs],
  platform: 'node',
  target: 'node20',
  outDir,
  clean: true,
  splitting: true,
  minify: true,
  sourcemap: false,
  dts: false,
  // Everything is bundled: a package without dependencies starts in one second from a cold npx cache.
  noExternal: [/.*/],
  define,
  esbuildOptions(options) {
    options.alias = alias;
  },
  esbuildPlugins: [thirdPartyNotices(root), lazySdkValidator, ownFetch, fewFiles, withoutUnused],
  async onSuccess() {
    await buildFront(outDir);
    await buildReadyAnswers(outDir);
  },
}));
