import { fileURLToPath } from 'node:url';
import { defineConfig } from 'tsup';
import { thirdPartyNotices } from './scripts/third-party.ts';

const root = fileURLToPath(new URL('.', import.meta.url));
const lazyValidator = fileURLToPath(new URL('./src/server/sdk-shims.ts', import.meta.url));

export default defineConfig({
  entry: { main: 'src/cli/main.ts' },
  format: 'esm',
  platform: 'node',
  target: 'node20',
  outDir: 'dist',
  clean: true,
  splitting: true,
  minify: true,
  sourcemap: false,
  dts: false,
  // Everything is bundled: a package without dependencies starts in one second from a cold npx cache.
  noExternal: [/.*/],
  // CommonJS packages inside an ESM bundle call require() for Node's own modules.
  banner: {
    js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
  },
  esbuildOptions(options) {
    // Its UMD build requires its parts in a way that no bundler can follow.
    options.alias = { 'jsonc-parser': 'jsonc-parser/lib/esm/main.js' };
  },
  esbuildPlugins: [
    thirdPartyNotices(root),
    {
      name: 'lazy-sdk-validator',
      setup(build) {
        // The SDK's shim imports its 295 kB JSON Schema validator eagerly; ours has none, and we validate ourselves.
        build.onResolve({ filter: /^@modelcontextprotocol\/(server|client)\/_shims$/ }, () => ({
          path: lazyValidator,
        }));
      },
    },
  ],
});
