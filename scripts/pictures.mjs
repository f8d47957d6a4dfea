// Draws the pictures of the README anew, from what the built program answers over the demo.
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'tsup';

const root = fileURLToPath(new URL('..', import.meta.url));
// Within the project, so that what it imports is found.
const outDir = `${root}.cache/pictures`;
await build({
  entry: { pictures: `${root}scripts/pictures.ts` },
  outDir,
  format: 'esm',
  target: 'node20',
  outExtension: () => ({ js: '.mjs' }),
  define: { __VERSION__: '"0.0.0"', __BUILD__: '""' },
  config: false,
  silent: true,
});
const { writePictures } = await import(pathToFileURL(`${outDir}/pictures.mjs`).href);
await writePictures(root);
