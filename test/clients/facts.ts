/** What was measured of a host, in words for a person. `npm run test:clients` prints it. */
import { mkdir, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { canonicalJson, isJsonObject, type JsonObject, stringifyJson } from '../../src/core/json.ts';
import type { Host } from './hosts.ts';
import type { WireMessage } from './installed-bridge.ts';
import { isOurs } from './mock-model/conversation.ts';
import { type OfferedTool, textIn } from './mock-model/dialect.ts';
import type { HostRun } from './session.ts';
import { toolsIn, type Wire } from './wire.ts';

const FOLDER = fileURLToPath(new URL('../../.cache/clients/facts', import.meta.url));

export async function writeFacts(id: string, facts: readonly string[]): Promise<void> {
  await mkdir(FOLDER, { recursive: true });
  await writeFile(`${FOLDER}/${id}.txt`, facts.map((fact) => `${fact}\n`).join(''));
}

export function factsOf(host: Host, run: HostRun, refused: ReadonlySet<string>): readonly string[] {
  const [wire = []] = run.wires;
  const listed = toolsIn(run.wires);
  const first = run.asked.find(({ turn }) => turn?.offered.some(({ name }) => isAnyOf(listed, name)));
  const atOnce = first?.turn?.offered.filter(({ name }) => isAnyOf(listed, name)) ?? [];
  const named = namesTold(host, first?.body ?? '', listed).length - atOnce.length;
  return [
    `  first message     ${firstMessage(wire)}; copies of the bridge: ${run.wires.length}`,
    `  client            ${clientOf(wire)}`,
    `  tools             ${listed.length} listed, ${atOnce.length} with schema in the first request, ${named} by name only`,
    `  their share       ${stringifyJson(atOnce).length} of ${first?.body.length ?? 0} characters of the first request`,
    `  schemas           ${schemaChanges(listed, atOnce)}`,
    `  _meta of calls    ${metaKeys(wire)}`,
    `  refused elsewhere ${[...refused].join(', ') || 'nothing'}`,
  ];
}

/** Our tools that a request names to the model, with or without a schema. */
export function namesTold(host: Host, body: string, listed: readonly JsonObject[]): readonly string[] {
  const names = listed.map(({ name }) => textIn(name));
  return names.filter((name) => new RegExp(`${host.prefix}${name}(?!\\w)`).test(body));
}

function isAnyOf(listed: readonly JsonObject[], name: string): boolean {
  return listed.some((tool) => isOurs(name, textIn(tool.name)));
}

function firstMessage(wire: Wire): string {
  const message = wire[0]?.message;
  const params = isJsonObject(message?.params) ? message.params : {};
  const meta = isJsonObject(params._meta) ? params._meta : {};
  const version = params.protocolVersion ?? meta['io.modelcontextprotocol/protocolVersion'];
  return `${textIn(message?.method)} ${textIn(version)}`;
}

function clientOf(wire: Wire): string {
  const params = isJsonObject(wire[0]?.message.params) ? wire[0].message.params : {};
  const meta = isJsonObject(params._meta) ? params._meta : {};
  const info = params.clientInfo ?? meta['io.modelcontextprotocol/clientInfo'];
  const can = params.capabilities ?? meta['io.modelcontextprotocol/clientCapabilities'];
  return `${isJsonObject(info) ? textIn(info.name) : 'unnamed'}, can ${isJsonObject(can) ? Object.keys(can).join(', ') : 'nothing'}`;
}

function schemaChanges(listed: readonly JsonObject[], offered: readonly OfferedTool[]): string {
  const pairs = offered.flatMap((tool) => {
    const own = listed.find(({ name }) => isOurs(tool.name, textIn(name)));
    return own === undefined ? [] : [{ own: own.inputSchema, sent: tool.schema }];
  });
  const same = pairs.filter(({ own, sent }) => canonicalJson(own) === canonicalJson(sent)).length;
  const added = new Set(
    pairs.flatMap(({ own, sent }) => propertiesOf(sent).filter((name) => !propertiesOf(own).includes(name))),
  );
  return `${same} of ${pairs.length} unchanged${added.size === 0 ? '' : `; arguments added: ${[...added].join(', ')}`}`;
}

function propertiesOf(schema: unknown): readonly string[] {
  return isJsonObject(schema) && isJsonObject(schema.properties) ? Object.keys(schema.properties) : [];
}

function metaKeys(wire: readonly WireMessage[]): string {
  const call = wire.find(({ message }) => message.method === 'tools/call')?.message.params;
  const meta = isJsonObject(call) && isJsonObject(call._meta) ? Object.keys(call._meta) : [];
  return meta.join(', ') || 'none';
}
