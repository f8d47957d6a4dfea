import { PassThrough } from 'node:stream';
import type { JSONRPCMessage } from '@modelcontextprotocol/server';
import { describe, expect, it } from 'vitest';
import { createLog, Secrets } from '../../../src/core/log.ts';
import { StdioWire } from '../../../src/server/wire.ts';

interface Opened {
  readonly input: PassThrough;
  readonly heard: JSONRPCMessage[];
  readonly written: () => string[];
  readonly events: string[];
  readonly wire: StdioWire;
}

async function open(): Promise<Opened> {
  const input = new PassThrough();
  const output = new PassThrough();
  const heard: JSONRPCMessage[] = [];
  const events: string[] = [];
  const chunks: Buffer[] = [];
  output.on('data', (chunk: Buffer) => chunks.push(chunk));
  const wire = new StdioWire(
    input,
    output,
    createLog('error', () => undefined, new Secrets()),
    {
      onInputEnd: () => events.push('end'),
      onOutputLost: () => events.push('lost'),
      onDelivered: (id) => events.push(`delivered ${id}`),
      onFirstMessage: () => events.push('first'),
    },
  );
  wire.onmessage = (message) => heard.push(message);
  await wire.start();
  return {
    input,
    heard,
    events,
    wire,
    written: () => Buffer.concat(chunks).toString('utf8').split('\n').filter(Boolean),
  };
}

async function settled(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
  await new Promise((resolve) => setImmediate(resolve));
}

async function replies(line: string | Buffer): Promise<unknown[]> {
  const { input, written } = await open();
  input.write(line);
  await settled();
  return written().map((text) => JSON.parse(text));
}

describe('the stdio wire', () => {
  it('keeps integers beyond 2^53 exact, in and out', async () => {
    const { input, heard, wire, written } = await open();
    input.write('{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"arguments":{"id":9007199254740993}}}\n');
    await settled();
    const [message] = heard;
    expect(message).toMatchObject({ params: { arguments: { id: 9007199254740993n } } });
    await wire.send({ jsonrpc: '2.0', id: 1, result: { structuredContent: { id: 9007199254740993n } } });
    await settled();
    expect(written()).toEqual(['{"jsonrpc":"2.0","id":1,"result":{"structuredContent":{"id":9007199254740993}}}']);
  });

  it('reassembles lines and characters that arrive in pieces', async () => {
    const { input, heard } = await open();
    const bytes = Buffer.from('{"jsonrpc":"2.0","id":1,"method":"m","params":{"name":"Ján Žák"}}\n');
    for (const byte of bytes) input.write(Buffer.from([byte]));
    await settled();
    expect(heard).toMatchObject([{ params: { name: 'Ján Žák' } }]);
  });

  it('hands on every member of a batch', async () => {
    const { input, heard } = await open();
    input.write('[{"jsonrpc":"2.0","id":1,"method":"a"},{"jsonrpc":"2.0","method":"b"}]\n');
    await settled();
    expect(heard).toHaveLength(2);
  });

  it.each([
    ['text that is not JSON', 'hello\n', null, -32700],
    ['an empty batch', '[]\n', null, -32600],
    ['a number', '7\n', null, -32600],
    ['a request without a method', '{"jsonrpc":"2.0","id":5}\n', 5, -32600],
    ['another version of JSON-RPC', '{"jsonrpc":"1.0","id":"x","method":"ping"}\n', 'x', -32600],
    ['an id that is an object', '{"jsonrpc":"2.0","id":{},"method":"ping"}\n', null, -32600],
    ['an id that is null', '{"jsonrpc":"2.0","id":null,"method":"ping"}\n', null, -32600],
  ])('answers %s with an error', async (_what, line, id, code) => {
    expect(await replies(line)).toMatchObject([{ jsonrpc: '2.0', id, error: { code } }]);
  });

  it('answers nesting that no parser can hold with an error', async () => {
    const deep = `{"jsonrpc":"2.0","id":1,"method":"m","params":{"a":${'['.repeat(200_000)}12345678901234567890${']'.repeat(200_000)}}}\n`;
    expect(await replies(deep)).toMatchObject([{ error: { code: -32700 } }]);
  });

  it('skips a line that is too long and goes on with the next', async () => {
    const { input, heard, written } = await open();
    const piece = Buffer.alloc(1024 * 1024, 'x');
    for (let index = 0; index < 17; index++) input.write(piece);
    input.write('\n{"jsonrpc":"2.0","id":2,"method":"ping"}\n');
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(written().map((text) => JSON.parse(text))).toMatchObject([{ id: null, error: { code: -32600 } }]);
    expect(heard).toMatchObject([{ id: 2 }]);
  });

  it('ignores empty lines', async () => {
    expect(await replies('\n \r\n\n')).toEqual([]);
  });

  it('tells of the end of input once, after a last line without its newline', async () => {
    const { input, heard, events } = await open();
    input.end('{"jsonrpc":"2.0","id":1,"method":"ping"}');
    await settled();
    expect(heard).toHaveLength(1);
    expect(events).toEqual(['first', 'end']);
  });

  it('stops asking for more while nobody reads the answers', async () => {
    const input = new PassThrough();
    const output = new PassThrough({ highWaterMark: 16 });
    const wire = new StdioWire(
      input,
      output,
      createLog('error', () => undefined, new Secrets()),
      {
        onInputEnd: () => undefined,
        onOutputLost: () => undefined,
        onDelivered: () => undefined,
        onFirstMessage: () => undefined,
      },
    );
    await wire.start();
    await wire.send({ jsonrpc: '2.0', id: 1, result: { text: 'x'.repeat(100) } });
    expect(input.isPaused()).toBe(true);
    output.resume();
    await settled();
    expect(input.isPaused()).toBe(false);
  });
});
