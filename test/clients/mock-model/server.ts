/** A model that plays a script, behind whichever of three APIs it is asked through, and remembers what it was told. */
import { createServer, type IncomingHttpHeaders } from 'node:http';
import { isJsonObject, parseJson } from '../../../src/core/json.ts';
import { portOf } from '../listening.ts';
import { anthropic } from './anthropic.ts';
import { nextReply, type Step } from './conversation.ts';
import type { Dialect, Reply, Turn } from './dialect.ts';
import { gemini } from './gemini.ts';
import { openai } from './openai.ts';

const DIALECTS: readonly Dialect[] = [anthropic, openai, gemini];

export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** Null for what no conversation is: a list of models, a count of tokens. */
  readonly turn: Turn | null;
  readonly reply: Reply | null;
}

export interface MockModel {
  readonly url: string;
  /** From now on it plays this script. @returns what it is asked from now on */
  play(steps: readonly Step[], closing: string): readonly Asked[];
  close(): Promise<void>;
}

export async function startMockModel(): Promise<MockModel> {
  let script: { readonly steps: readonly Step[]; readonly closing: string } = { steps: [], closing: '' };
  let asked: Asked[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { method = '', url: path = '', headers } = request;
      const body = Buffer.concat(chunks).toString();
      const dialect = DIALECTS.find(({ takes }) => takes(method, path));
      const parsed = dialect === undefined ? null : parseJson(body);
      if (dialect === undefined || !isJsonObject(parsed)) {
        asked.push({ method, path, headers, body, turn: null, reply: null });
        response.writeHead(404, { 'content-type': 'application/json' }).end('{"error":{"message":"not in the mock"}}');
        return;
      }
      const turn = dialect.read(parsed, path);
      const reply = nextReply(turn, body, script.steps, script.closing);
      asked.push({ method, path, headers, body, turn, reply });
      response.writeHead(200, { 'content-type': turn.streaming ? 'text/event-stream' : 'application/json' });
      response.end(dialect.write(reply, turn.streaming));
    });
  });
  const port = await portOf(server);
  return {
    url: `http://127.0.0.1:${port}`,
    play: (steps, closing) => {
      script = { steps, closing };
      asked = [];
      return asked;
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
