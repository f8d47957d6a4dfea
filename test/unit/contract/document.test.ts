import { expect, test } from 'vitest';
import { readPublished } from '../../../src/contract/document.ts';
import { ProtocolError } from '../../../src/core/errors.ts';

const PATHS = { '/contacts': { get: {} } };

async function complaint(text: string): Promise<string> {
  try {
    await readPublished(text);
  } catch (error) {
    if (error instanceof ProtocolError) return error.message;
    throw error;
  }
  return 'accepted';
}

test.each([
  ['<html>', 'is not valid JSON'],
  ['{"openapi":"3.1.0","paths":{', 'is not valid JSON'],
  ['[]', 'is not a JSON object'],
  ['{"paths":{}}', 'no `openapi` version'],
  [JSON.stringify({ swagger: '1.2', paths: PATHS }), 'version "1.2"'],
  [JSON.stringify({ openapi: '4.0.0', paths: PATHS }), 'version "4.0.0"'],
  [JSON.stringify({ openapi: '3.1.0', paths: [] }), 'no `paths` object'],
  [JSON.stringify({ openapi: '3.1.0', paths: {} }), 'no operations'],
  [JSON.stringify({ openapi: '3.1.0', paths: { '/a': { get: 'soon' }, '/b': null } }), 'no operations'],
])('a document %# that is none is refused with the reason', async (text, reason) => {
  expect(await complaint(text)).toContain(reason);
});

test.each(['3.0.3', '3.1.0', '3.1'])('a document of version %s with an operation is accepted', async (openapi) => {
  expect((await readPublished(JSON.stringify({ openapi, paths: PATHS }))).paths).toEqual(PATHS);
});
