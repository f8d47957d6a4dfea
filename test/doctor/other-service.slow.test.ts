import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { programAndService } from '../cli/program-and-service.ts';
import type { OtherChanges } from '../fixtures/other-lucanto/options.ts';
import { type OtherLucanto, startOtherLucanto } from '../fixtures/other-lucanto/server.ts';
import { type TestComputer, testComputer } from './test-computer.ts';

const bench = programAndService('workspaces');
let other: OtherLucanto;
let computer: TestComputer;
beforeEach(async () => {
  computer = testComputer(bench.program, bench.service);
  other = computer.keep(await startOtherLucanto());
});
afterEach(() => computer.leave());

const runDoctor = async (changes: OtherChanges) => {
  await computer.login(other.tokens.manage, '--url', other.url);
  other.set(changes);
  return computer.runDoctor();
};

describe('The doctor at a service that differs wherever the published pages leave it open', () => {
  it.each<[string, OtherChanges]>([
    ['legacy endpoint, one workspace', {}],
    ['modern endpoint that streams, two workspaces', { workspaces: 2, remote: { era: 'modern', answers: 'sse' } }],
    ['its list of tools grown', { remote: { catalogue: 'wide' } }],
  ])('reports no problem: %s', async (_, changes) => {
    const { findings, of, code } = await runDoctor(changes);
    expect([code, findings]).toEqual([0, []]);
    expect(of('contract').detail).toMatch(/^read just now, /);
  });

  it.each<[string, OtherChanges, readonly string[]]>([
    ['the endpoint is down', { remote: { state: 'down' } }, ['mcp: warn']],
    ['the endpoint is gone', { remote: { state: 'missing' } }, ['mcp: warn']],
    ['there is no contract any more', { openapi: { state: 'missing' } }, ['contract: warn']],
    ['the contract cannot be parsed', { openapi: { state: 'broken' } }, ['contract: warn']],
  ])('names the half that does not work: %s', async (_, changes, expected) => {
    const { findings, code } = await runDoctor(changes);
    expect([code, findings]).toEqual([0, expected]);
  });
});
