// Validates server.json (or another file) against the registry's own schema, which its $schema names. Needs the network,
// or `--schema <file>` with a copy of it; so it belongs to a release, not to the tests.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';

const { values, positionals } = parseArgs({ options: { schema: { type: 'string' } }, allowPositionals: true });
const file = positionals[0] ?? fileURLToPath(new URL('../server.json', import.meta.url));

function fail(error, hint) {
  process.stderr.write(`error: ${error}\nhint: ${hint}\n`);
  process.exit(1);
}

async function download(address) {
  const response = await fetch(address).catch((cause) => ({ ok: false, status: cause.message }));
  if (!response.ok) fail(`${address} could not be read (${response.status})`, 'give a copy of it with --schema <file>');
  return response.json();
}

const server = JSON.parse(readFileSync(file, 'utf8'));
const schema =
  values.schema === undefined ? await download(server.$schema) : JSON.parse(readFileSync(values.schema, 'utf8'));
if (schema.$id !== server.$schema) {
  fail(`${file} names the schema ${server.$schema}, and this is ${schema.$id}`, 'use the schema that it names');
}
// Not strict: the schema carries words of OpenAPI (`example`).
const ajv = new Ajv({ strict: false, allErrors: true });
addFormats.default(ajv);
const validate = ajv.compile(schema);
if (!validate(server)) {
  const problems = validate.errors.map(({ instancePath, message }) => `${instancePath || '/'} ${message}`);
  fail(`${file} does not fit the registry's schema: ${problems.join('; ')}`, 'mend scripts/server-json.mjs');
}
process.stdout.write(`${file} fits ${server.$schema}\n`);
