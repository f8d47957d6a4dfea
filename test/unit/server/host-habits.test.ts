import { describe, expect, it } from 'vitest';
import { argumentsFrom, resultFor } from '../../../src/server/mcp-server.ts';

const GEMINI = 'gemini-cli-mcp-client';
const text = (value: string) => ({ content: [{ type: 'text', text: value }] });

describe('a result for Gemini CLI', () => {
  it('is an object around a bare list, digit by digit what the service said', () => {
    const rest = { type: 'text', text: '{"more_fields":["iban"]}' };
    const list = { content: [{ type: 'text', text: '[{"id":9007199254740993,"total":"1.10"}]' }, rest] };
    expect(resultFor(GEMINI, list)).toEqual({
      content: [{ type: 'text', text: '{"data":[{"id":9007199254740993,"total":"1.10"}]}' }, rest],
    });
  });

  it.each(['null', '0', '"done"', 'true'])('is an object around %s', (value) => {
    expect(resultFor(GEMINI, text(value))).toEqual(text(`{"value":${value}}`));
  });

  it.each(['{"data":[]}', 'Done.', ''])('stays as it is where nothing is wrong with it: %s', (value) => {
    expect(resultFor(GEMINI, text(value))).toEqual(text(value));
  });

  it('stays as it is where it has structured content or begins with something else', () => {
    const structured = { ...text('[1]'), structuredContent: { data: [1] } };
    expect(resultFor(GEMINI, structured)).toEqual(structured);
    const image = { content: [{ type: 'image', data: 'AAAA', mimeType: 'image/png' }] };
    expect(resultFor(GEMINI, image)).toEqual(image);
    expect(resultFor(GEMINI, { content: [] })).toEqual({ content: [] });
  });
});

it.each(['claude-code', 'codex-mcp-client', null])('a bare list stays one for %s', (host) => {
  expect(resultFor(host, text('[1]'))).toEqual(text('[1]'));
});

describe('the argument that Gemini CLI adds to every tool', () => {
  const schema = { type: 'object', properties: { limit: { type: 'integer' } } };
  const args = { limit: 2, wait_for_previous: true };

  it('is taken away', () => {
    expect(argumentsFrom(GEMINI, args, schema)).toEqual({ limit: 2 });
  });

  it('stays where the tool has one of that name itself', () => {
    const own = { type: 'object', properties: { wait_for_previous: { type: 'boolean' } } };
    expect(argumentsFrom(GEMINI, args, own)).toEqual(args);
  });

  it('stays where another client sent it, to be refused like any unknown argument', () => {
    expect(argumentsFrom('claude-code', args, schema)).toEqual(args);
  });
});
