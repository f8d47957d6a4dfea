/** One service that publishes a document, and one session with it, for all tests of a file. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { afterAll, beforeAll } from 'vitest';
import { type DocumentService, serveDocument } from '../documents/service.ts';
import { connect, type McpSession } from './mcp.ts';
import { type Home, temporaryHome } from './run.ts';

/** @param answer every request but those for the document. @returns the session, in a test */
export function useOneDocument(
  document: object,
  answer: (request: IncomingMessage, response: ServerResponse) => void,
): () => McpSession {
  let started: { readonly service: DocumentService; readonly home: Home; readonly session: McpSession } | undefined;
  beforeAll(async () => {
    const service = await serveDocument(JSON.stringify(document), answer);
    const home = await temporaryHome();
    const env = { LUCANTO_URL: service.url, LUCANTO_TOKEN: 'lct_pat_abcdefghij', LUCANTO_SCOPES: 'manage:*' };
    const session = await connect('v2 auto', { home, env: { ...env, LUCANTO_CONFIRM: 'never' } });
    started = { service, home, session };
    await session.listTools();
  });
  afterAll(async () => {
    await started?.session.close();
    await started?.home.remove();
    await started?.service.close();
  });
  return () => {
    if (started === undefined) throw new Error('Used outside a test');
    return started.session;
  };
}
