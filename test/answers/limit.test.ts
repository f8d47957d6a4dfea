/** Results that are passed through, such as those of the remote endpoint: whole, or replaced by what can be acted on. */
import { describe, expect, it } from 'vitest';
import { ApiError } from '../../src/core/errors.ts';
import { parseJson } from '../../src/core/json.ts';
import { errorResult, limited } from '../../src/core/results.ts';
import type { Tool, ToolResult } from '../../src/core/tool.ts';

function tool(readOnlyHint: boolean): Tool {
  const hints = { title: 'T', readOnlyHint, destructiveHint: false, idempotentHint: true, openWorldHint: true };
  const inputSchema = { type: 'object', properties: { id: {}, period: {}, limit: {} }, required: ['id'] };
  return {
    descriptor: { name: 'remote_tool', title: 'T', description: 'T', inputSchema, annotations: hints },
    validation: inputSchema,
    route: 'remote',
    tier: readOnlyHint ? 'read' : 'write',
    resource: 'things',
    scopes: [],
    call: () => Promise.reject(new Error('not called')),
  };
}

function text(length: number): ToolResult {
  return { content: [{ type: 'text', text: 'x'.repeat(length) }] };
}

function told(result: ToolResult): unknown {
  return parseJson(String(result.content[0]?.text));
}

describe('a result of the remote endpoint', () => {
  it('passes unchanged up to 40,000 characters', () => {
    const result = { ...text(40_000), structuredContent: { a: 1 } };
    expect(limited(tool(true), result)).toBe(result);
  });

  it.each([
    ['text', text(40_001)],
    ['structured content', { content: [], structuredContent: { a: 'x'.repeat(40_000) } }],
    ['bytes', { content: [{ type: 'image', mimeType: 'image/png', data: 'A'.repeat(1_000_000) }] }],
  ])('with too much %s is an error that says how to ask for less', (_what, result) => {
    const answer = limited(tool(true), result);
    expect(answer.isError).toBe(true);
    expect(answer).not.toHaveProperty('structuredContent');
    expect(told(answer)).toMatchObject({ error: 'answer_too_long', hint: expect.stringContaining('period, limit') });
  });

  it('of a write is no error, since it was carried out', () => {
    const structuredContent = { id: 9007199254740993n, number: 'F-1', blob: 'x'.repeat(50_000) };
    const answer = limited(tool(false), { content: [], structuredContent });
    expect(answer.isError).toBeUndefined();
    expect(told(answer)).toMatchObject({ ok: true, id: 9007199254740993n, number: 'F-1' });
    expect(told(answer)).toHaveProperty('hint', expect.stringContaining('do not repeat'));
  });

  it('that is an error has no structured content, and is short', () => {
    const error = { isError: true, content: [{ type: 'text', text: 'no' }], structuredContent: { error: 'no' } };
    expect(limited(tool(true), error)).toEqual({ isError: true, content: [{ type: 'text', text: 'no' }] });
    const long = limited(tool(true), { ...text(50_000), isError: true });
    expect(String(long.content[0]?.text).length).toBeLessThanOrEqual(10_000);
    expect(told(long)).toHaveProperty('error', 'tool_error');
  });
});

describe('an error of ours', () => {
  it('is bounded, whatever it holds, and keeps what to do next', () => {
    const errors = Array.from({ length: 5_000 }, (_, index) => `Row ${index} ${'is wrong '.repeat(50)}`);
    const rows = Array.from({ length: 3_000 }, (_, id) => ({ id, name: 'n'.repeat(40) }));
    const init = { hint: 'Do this next.', details: { errors, more: { workspaces: rows } } };
    const result = errorResult(new ApiError('bad', 'm'.repeat(30_000), init), 'lucanto-mcp');
    expect(String(result.content[0]?.text).length).toBeLessThanOrEqual(10_000);
    expect(told(result)).toMatchObject({ error: 'bad', hint: 'Do this next.' });
  });
});
