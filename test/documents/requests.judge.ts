/** Every tool of every document is called twice, and a mock server that others wrote judges each request. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, request as send } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { callContext } from '../helpers/call-context.ts';
import { openedBridge } from '../helpers/open-bridge.ts';
import { DOCUMENTS } from './all.ts';
import type { TestDocument } from './parts.ts';
import { sampleArguments } from './sample-arguments.ts';
import { serveDocument } from './service.ts';

const PRISM = join(process.env.LUCANTO_TEST_PRISM ?? '.cache/prism', 'node_modules/@stoplight/prism-cli/dist/index.js');
const MOST = 60;
/** What the mock server says where the request was right, but it has no answer for it. */
const ABOUT_ANSWERS =
  /errors#(NO_RESPONSE_DEFINED|NOT_ACCEPTABLE|NO_COMPLEX_OBJECT_TEXT|NO_SUCCESS_RESPONSE_DEFINED|INVALID_CONTENT_TYPE)/;

/** What the mock server itself cannot read; test/backends/request-styles.test.ts has these requests word for word. */
const BEYOND_THE_JUDGE: Readonly<Record<string, string>> = {
  lucanto_bracketed: 'names that end in []',
  lucanto_joined: 'values with reserved characters in a list that is not exploded',
  lucanto_create_json_part: 'JSON in a form',
  lucanto_create_part: 'lists and objects among the parts of a form',
  lucanto_create_note: 'lists and objects among the parts of a form',
};

const folder = mkdtempSync(join(tmpdir(), 'lucanto-judge-'));
const closing: (() => unknown)[] = [];
afterAll(async () => {
  for (const close of closing.reverse()) await close();
  rmSync(folder, { recursive: true, force: true });
});

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 0;
}

async function startJudge(name: string, document: object): Promise<number> {
  const file = join(folder, `${name.replaceAll(' ', '-')}.json`);
  writeFileSync(file, JSON.stringify(document));
  const port = await freePort();
  const child: ChildProcess = spawn(process.execPath, [
    PRISM,
    'mock',
    '--errors',
    '-p',
    String(port),
    '-h',
    '127.0.0.1',
    file,
  ]);
  closing.push(() => child.kill());
  await new Promise<void>((resolve, reject) => {
    child.stdout?.on('data', (chunk) => /listening/.test(String(chunk)) && resolve());
    child.once('exit', () => reject(new Error('the mock server did not start')));
  });
  return port;
}

/** Without paths that the mock server refuses to read: they are no tools either. */
function readable(document: object): object {
  const paths = Object.entries<object>(Object(Object(document).paths));
  return {
    ...document,
    paths: Object.fromEntries(paths.filter(([path, item]) => !/[?]/.test(path) && !('$ref' in item))),
  };
}

interface Judged {
  readonly request: string;
  /** Empty for a right one. */
  readonly fault: string;
}

/** The service: the document, and every other request to the mock server, without the base path. */
async function judgedService({ name, document, base }: TestDocument) {
  const port = await startJudge(name, readable(document));
  const judged: Judged[] = [];
  const service = await serveDocument(JSON.stringify(document), (incoming, response) => {
    const url = incoming.url ?? '';
    const outside = !url.startsWith(`${base}/`);
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => {
      const body = Buffer.concat(chunks);
      const shown = `${incoming.method} ${url} ${body.toString('utf8').slice(0, 300)}`;
      const path = outside ? url : url.slice(base.length);
      const options = { port, host: '127.0.0.1', method: incoming.method, path, headers: incoming.headers };
      const forwarded = send(options, (answer) => {
        void textOf(answer).then((text) => {
          judged.push({ request: shown, fault: outside ? 'it is outside the base path' : faultOf(answer, text) });
          response.writeHead(answer.statusCode ?? 500, { 'content-type': 'application/json' }).end(text);
        });
      });
      forwarded.on('error', (error) => {
        judged.push({ request: shown, fault: `the mock server broke: ${error.message}` });
        response.writeHead(500).end();
      });
      forwarded.end(body);
    });
  });
  closing.push(() => service.close());
  return { service, judged };
}

async function textOf(answer: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of answer) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString('utf8');
}

interface Violation {
  readonly location?: readonly string[];
}

function faultOf({ headers }: IncomingMessage, text: string): string {
  const isFault = /stoplight\.io\/prism\/errors#/.test(text) && !ABOUT_ANSWERS.test(text);
  const { validation }: { validation?: Violation[] } = isFault ? JSON.parse(text) : {};
  if (isFault && validation === undefined) return text;
  const warned: Violation[] = JSON.parse(String(headers['sl-violations'] ?? '[]'));
  const ours = [...(validation ?? []), ...warned].filter(({ location }) => location?.[0] !== 'response');
  return ours.length === 0 ? '' : JSON.stringify(ours);
}

describe.each(DOCUMENTS.map((one) => [one.name, one] as const))('The document "%s"', (name, one) => {
  it('gets no request but right ones', async () => {
    const { service, judged } = await judgedService(one);
    writeFileSync(join(folder, 'sample.pdf'), '%PDF-1.4\n%%EOF\n');
    const { bridge, close } = await openedBridge(service.url, 'lct_pat_abcdefghij', {
      LUCANTO_SCOPES: 'manage:*',
      LUCANTO_CONFIRM: 'never',
      LUCANTO_FILES: folder,
      LUCANTO_DUPLICATE_WINDOW: '0',
    });
    closing.push(close);
    judged.length = 0;
    const all = bridge.catalogue.all().filter(({ route, unusable }) => route === 'rest' && unusable === undefined);
    const every = Math.ceil(all.length / MOST);
    let refused = 0;
    const wrong: string[] = [];
    for (const tool of all.filter((_tool, at) => at % every === 0)) {
      for (const full of [false, true]) {
        const before = judged.length;
        const args = sampleArguments(tool, full, 'sample.pdf');
        const given = tool.validation.properties !== undefined && 'workspace_id' in Object(tool.validation.properties);
        const workspace = given ? { workspace_id: '6f9619ff-8b86-4d01-b42d-00cf4fc964ff' } : {};
        const { error } = await bridge.run(tool, { ...args, ...workspace }, callContext());
        if (Object.hasOwn(BEYOND_THE_JUDGE, tool.descriptor.name)) judged.length = before;
        const faults = judged.slice(before).filter(({ fault }) => fault !== '');
        wrong.push(...faults.map(({ request, fault }) => `${tool.descriptor.name}: ${request}\n  ${fault}`));
        if (judged.length === before && !Object.hasOwn(BEYOND_THE_JUDGE, tool.descriptor.name)) {
          refused += 1;
          wrong.push(...(error?.code === 'internal_error' ? [`${tool.descriptor.name}: ${error.message}`] : []));
          if (process.env.LUCANTO_TEST_SHOW !== undefined)
            process.stderr.write(`${tool.descriptor.name} ${JSON.stringify(args)} ${error?.message}\n`);
        }
      }
    }
    const leftOut = bridge.catalogue.leftOut();
    const unusable = bridge.catalogue.all().filter((tool) => tool.route === 'rest' && tool.unusable !== undefined);
    const reasons: Record<string, number> = {};
    for (const reason of [...leftOut.map((entry) => entry.reason), ...unusable.map((tool) => tool.unusable ?? '')]) {
      const said = reason.replaceAll(service.url, 'the origin');
      reasons[said] = (reasons[said] ?? 0) + 1;
    }
    const row = {
      document: name,
      operations: bridge.catalogue.contractState().operations + leftOut.length,
      tools: bridge.catalogue.contractState().operations - unusable.length,
      'no tool': leftOut.length + unusable.length,
      sent: judged.length,
      valid: judged.filter(({ fault }) => fault === '').length,
      'refused before sending': refused,
      reasons,
    };
    const tables = process.env.LUCANTO_TEST_TABLES;
    if (tables !== undefined) writeFileSync(join(tables, `${name.replaceAll(' ', '-')}.json`), JSON.stringify(row));
    expect(wrong).toEqual([]);
    expect(judged.length).toBeGreaterThan(refused);
  });
});
