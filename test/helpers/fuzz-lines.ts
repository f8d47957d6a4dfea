/** Lines for stdin that no host should send, and what they oblige the bridge to answer. */
import type { Random } from './random.ts';

export type Era = 'no handshake' | '2025-06-18' | '2026-07-28';

export interface FuzzLine {
  readonly bytes: Buffer | string;
  /** Ids, as JSON, of well-formed requests: each must be answered exactly once for each time it stands here. */
  readonly asks: readonly string[];
  /** Ids that may be answered, once at most: the message around them is malformed. */
  readonly mayAsk: readonly string[];
}

const METHODS = ['ping', 'tools/call', 'resources/list', 'prompts/get', 'completion/complete', 'logging/setLevel'];
const KEYS = [
  'jsonrpc',
  'id',
  'method',
  'params',
  'name',
  'arguments',
  '_meta',
  'cursor',
  'progressToken',
  '__proto__',
];
const TOOLS = ['lucanto_list_invoices', 'lucanto_create_invoice', 'lucanto_fly', ''];
const META = {
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientCapabilities': {},
  'io.modelcontextprotocol/clientInfo': { name: 'fuzz', version: '1' },
};

export class FuzzLines {
  readonly #random: Random;
  readonly #era: Era;
  #lastId = 0;

  constructor(random: Random, era: Era) {
    this.#random = random;
    this.#era = era;
  }

  /** What a host of this era says first. */
  greeting(): FuzzLine[] {
    if (this.#era === 'no handshake') return [];
    if (this.#era === '2026-07-28') return [this.request('server/discover', {})];
    const clientInfo = { name: 'fuzz', version: '1' };
    return [
      this.request('initialize', { protocolVersion: this.#era, capabilities: {}, clientInfo }),
      plain('{"jsonrpc":"2.0","method":"notifications/initialized"}'),
    ];
  }

  request(method: string, params: object): FuzzLine {
    const id = this.#freshId();
    return {
      ...plain(JSON.stringify({ jsonrpc: '2.0', id, method, params: this.#params(params) })),
      asks: [quoted(id)],
    };
  }

  /** One line of any kind. */
  any(): FuzzLine {
    const kinds = [
      () => this.request(this.#random.pick(METHODS), {}),
      () => this.request(`x/${this.#random.between(0, 1e9)}`, this.#object(2)),
      () => this.request('tools/call', this.#wrongCall()),
      () => this.#notification(),
      () => this.#response(),
      () => this.#mutant(),
      () => this.#batch(),
      () => this.bytes(this.#random.between(0, 200)),
      () => plain(JSON.stringify(this.#value(4)).replaceAll('"id":', '"ID":')),
    ];
    return this.#random.pick(kinds)();
  }

  /** Random bytes, newlines among them. */
  bytes(count: number): FuzzLine {
    return plain(Buffer.from(Array.from({ length: count }, () => this.#random.between(0, 256))));
  }

  /** The same id for two requests: each is a request of its own. */
  twins(): readonly [FuzzLine, FuzzLine] {
    const line = this.request('ping', {});
    return [line, line];
  }

  /** @param bytes of padding in its params. */
  huge(bytes: number): FuzzLine {
    return this.request('ping', { padding: 'x'.repeat(bytes) });
  }

  /** Arrays in arrays in the params of a request. */
  deep(levels: number): FuzzLine {
    const id = this.#freshId();
    const nested = `${'['.repeat(levels)}${']'.repeat(levels)}`;
    const params = `{"nested":${nested}}`;
    // Nothing obliges a server to read what no stack can hold.
    return {
      ...plain(`{"jsonrpc":"2.0","id":${quoted(id)},"method":"ping","params":${params}}`),
      mayAsk: [quoted(id)],
    };
  }

  #freshId(): string | number {
    this.#lastId += 1;
    return this.#random.chance(0.5) ? this.#lastId : `s${this.#lastId}`;
  }

  #params(params: object): object {
    return this.#era === '2026-07-28' && this.#random.chance(0.9) ? { ...params, _meta: META } : params;
  }

  #wrongCall(): object {
    const name = this.#random.chance(0.7) ? this.#random.pick(TOOLS) : this.#value(2);
    // Never what could pass for arguments: nothing of this may reach the service.
    return { name, arguments: this.#random.chance(0.5) ? { limit: this.#object(1) } : this.#value(3) };
  }

  #notification(): FuzzLine {
    const method = this.#random.pick(['notifications/cancelled', 'notifications/progress', 'notifications/x']);
    return plain(JSON.stringify({ jsonrpc: '2.0', method, params: { requestId: 'nobody', ...this.#object(2) } }));
  }

  #response(): FuzzLine {
    const id = `r${this.#freshId()}`;
    const outcome = this.#random.chance(0.5) ? { result: this.#value(2) } : { error: this.#value(2) };
    return { ...plain(JSON.stringify({ jsonrpc: '2.0', id, ...outcome })), mayAsk: [quoted(id)] };
  }

  /** A request with one member of another type, or gone. */
  #mutant(): FuzzLine {
    const id = `m${this.#freshId()}`;
    const message: Record<string, unknown> = { jsonrpc: '2.0', id, method: 'ping', params: {} };
    const member = this.#random.pick(['jsonrpc', 'id', 'method', 'params']);
    if (this.#random.chance(0.2)) delete message[member];
    else message[member] = member === 'id' ? this.#noId() : this.#value(2);
    const wellFormed = member === 'params' && (message.params === undefined || isObject(message.params));
    const line = plain(JSON.stringify(message));
    if (member === 'id') return line;
    return wellFormed ? { ...line, asks: [quoted(id)] } : { ...line, mayAsk: [quoted(id)] };
  }

  #noId(): unknown {
    return this.#random.pick([null, true, [], {}, [1], { id: 1 }]);
  }

  #batch(): FuzzLine {
    const lines = Array.from({ length: this.#random.between(0, 5) }, () =>
      this.#random.chance(0.7) ? this.request('ping', {}) : this.#mutant(),
    );
    const text = `[${lines.map(({ bytes }) => bytes.toString()).join(',')}]`;
    return { bytes: text, asks: lines.flatMap(({ asks }) => asks), mayAsk: lines.flatMap(({ mayAsk }) => mayAsk) };
  }

  #object(depth: number): Record<string, unknown> {
    return Object.fromEntries(
      Array.from({ length: this.#random.between(0, 4) }, () => [
        this.#random.chance(0.5) ? this.#random.pick(KEYS) : `k${this.#random.between(0, 100)}`,
        this.#value(depth - 1),
      ]),
    );
  }

  #value(depth: number): unknown {
    const simple = [null, true, false, 0, -1, 1.5, 2 ** 53, 1e308, '', 'x', '\u2028', '\ud800', '💶', 'lucanto'];
    if (depth <= 0 || this.#random.chance(0.5)) return this.#random.pick(simple);
    return this.#random.chance(0.5)
      ? this.#object(depth)
      : Array.from({ length: this.#random.between(0, 4) }, () => this.#value(depth - 1));
  }
}

function plain(bytes: Buffer | string): FuzzLine {
  return { bytes, asks: [], mayAsk: [] };
}

function quoted(id: string | number): string {
  return JSON.stringify(id);
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
