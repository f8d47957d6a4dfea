/** A small client of the embedded Lucanto, over real HTTP. */
import { afterEach, beforeEach } from 'vitest';
import type { Generation } from '../../src/contract/bundled-contract.ts';
import { type JsonObject, objectIn, parseJson, stringifyJson } from '../../src/core/json.ts';
import { listOf } from '../../src/demo/data/totals.ts';
import { type DemoService, startDemo } from '../../src/demo/demo-server.ts';

export const STUDIO = '42';
export const TRADER = '9007199254740993';
export const START = Date.parse('2026-03-15T10:00:00Z');

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The JSON of the answer; empty where there is none. */
  readonly body: JsonObject;
}

export interface Sent {
  readonly token?: string | null;
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
}

export interface Demo {
  service: DemoService;
  /** Milliseconds since the epoch; tests move it. */
  now: number;
  readonly generation: Generation;
}

/** A demo of its own for every test of the file. */
export function useDemo(generation: Generation = 'workspaces'): Demo {
  const closed: DemoService = {
    url: '',
    tokens: {
      read: '',
      write: '',
      manage: '',
      readInvoices: '',
      mixed: '',
      workspace: '',
      sandbox: '',
      unsubscribed: '',
      throttled: '',
    },
    outbox: [],
    requests: [],
    hold: () => ({ arrived: Promise.resolve(), release: () => undefined }),
    reset: () => undefined,
    close: () => Promise.resolve(),
  };
  const demo: Demo = { service: closed, now: START, generation };
  beforeEach(async () => {
    demo.now = START;
    demo.service = await startDemo({ port: 0, generation, clock: () => demo.now });
  });
  afterEach(() => demo.service.close());
  return demo;
}

/** @param path below the workspace (`/invoices`), or from the origin (`/api/...`). */
export async function send(demo: Demo, method: string, path: string, sent: Sent = {}): Promise<Answer> {
  const { token = demo.service.tokens.manage, body, headers = {} } = sent;
  const absolute = path.startsWith('/api/') ? path : `/api/v1/${demo.generation}/${STUDIO}${path}`;
  const isRaw = body === undefined || typeof body === 'string' || body instanceof FormData;
  const response = await fetch(demo.service.url + absolute, {
    method,
    headers: {
      ...(token === null ? {} : { Authorization: `Bearer ${token}` }),
      ...(body === undefined || body instanceof FormData ? {} : { 'Content-Type': 'application/json' }),
      ...headers,
    },
    body: isRaw ? (body ?? null) : stringifyJson(body),
  });
  const text = await response.text();
  const isJson = response.headers.get('Content-Type') === 'application/json';
  const parsed = isJson ? parseJson(text) : {};
  return {
    status: response.status,
    headers: response.headers,
    text,
    body: Array.isArray(parsed) ? { data: parsed } : objectIn(parsed),
  };
}

export function rows(answer: Answer): readonly JsonObject[] {
  return listOf(answer.body, 'data');
}

export function errorsOf(answer: Answer): readonly unknown[] {
  return Array.isArray(answer.body.errors) ? answer.body.errors : [];
}

/** All pages of a list. */
export async function everyRow(demo: Demo, path: string): Promise<JsonObject[]> {
  const all: JsonObject[] = [];
  let cursor: unknown = '';
  while (typeof cursor === 'string') {
    const mark = cursor === '' ? '' : `&cursor=${cursor}`;
    const answer: Answer = await send(demo, 'GET', `${path}${path.includes('?') ? '&' : '?'}limit=100${mark}`);
    all.push(...rows(answer));
    cursor = answer.body.next_cursor;
  }
  return all;
}

export const ITEM = { name: 'Práca', quantity: '2.0', unit: 'hod.', unit_price: '50.00', vat_rate: '23.0' };
export const COMPLETE = { purchaser_id: 501, items: [ITEM] };

export async function createInvoice(demo: Demo, fields: JsonObject = COMPLETE): Promise<string> {
  const answer = await send(demo, 'POST', '/invoices', { body: { invoice: fields } });
  return String(answer.body.id);
}
