// Writes server.json, what the MCP registry knows of the package, from package.json and the settings table.
//   (nothing)                             writes it; `npm version` does so by itself
//   --check                               says whether the file is what would be written
//   --bundle <file> --bundle-url <url>    prints it for a release, with the bundle that can be downloaded there
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { webAddress } from './bundle/manifest.mjs';
import { loadSettings } from './bundle/settings.mjs';

const SCHEMA = 'https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json';

const file = fileURLToPath(new URL('../server.json', import.meta.url));
const options = { check: { type: 'boolean' }, bundle: { type: 'string' }, 'bundle-url': { type: 'string' } };
const { check, bundle, 'bundle-url': bundleUrl } = parseArgs({ options }).values;

function variablesOf({ SETTINGS, TOKEN_VARIABLE }) {
  const input = ({ variable, help }, rest) => ({ name: variable, description: help, ...rest });
  return [
    {
      ...input(TOKEN_VARIABLE, { isRequired: true, isSecret: true }),
      description: 'An access token, from Lucanto: Settings → API keys',
    },
    // On, as in the bundle: who installs from a list agreed to nothing yet.
    input(SETTINGS.readOnly, { format: 'boolean', default: 'true' }),
    input(SETTINGS.workspace, {}),
    input(SETTINGS.files, { format: 'filepath' }),
  ];
}

function serverJson(packageJson, settings) {
  const { name, version, description, mcpName, repository } = packageJson;
  const transport = { type: 'stdio' };
  const environmentVariables = variablesOf(settings);
  const packages = [
    { registryType: 'npm', identifier: name, version, runtimeHint: 'npx', transport, environmentVariables },
  ];
  if (bundle !== undefined) {
    const fileSha256 = createHash('sha256').update(readFileSync(bundle)).digest('hex');
    packages.push({ registryType: 'mcpb', identifier: bundleUrl, version, fileSha256, transport });
  }
  return {
    $schema: SCHEMA,
    name: mcpName,
    title: 'Lucanto',
    description,
    websiteUrl: 'https://lucanto.eu',
    repository: { url: webAddress(repository), source: 'github' },
    version,
    packages,
  };
}

function fail(error, hint) {
  process.stderr.write(`error: ${error}\nhint: ${hint}\n`);
  process.exit(1);
}

if ((bundle === undefined) !== (bundleUrl === undefined)) {
  fail('--bundle and --bundle-url belong together', 'give the file and the address that it will be downloaded from');
}
const packageJson = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
const text = `${JSON.stringify(serverJson(packageJson, await loadSettings()), null, 2)}\n`;
if (bundle !== undefined) process.stdout.write(text);
else if (check !== true) writeFileSync(file, text);
else if (readFileSync(file, 'utf8') !== text) {
  fail('server.json is not what package.json and the settings make of it', 'run: node scripts/server-json.mjs');
}
