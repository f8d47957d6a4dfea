/** Claude Desktop drops every server of a file that begins with a byte order mark: doctor says so before anybody searches. */
import { existsSync, readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { programAndService } from '../cli/program-and-service.ts';
import { CURSOR, DESKTOP, type TestComputer, testComputer } from '../doctor/test-computer.ts';

const BOM = '\uFEFF';
const bench = programAndService('workspaces');
let computer: TestComputer;
beforeEach(async () => {
  computer = testComputer(bench.program, bench.service);
  await computer.loggedIn();
});
afterEach(() => computer.leave());

function withBom(file: string): void {
  const text = existsSync(computer.path(file)) ? readFileSync(computer.path(file), 'utf8') : '';
  computer.put(file, BOM + text);
}

describe('doctor on a file of Claude Desktop that begins with a byte order mark', () => {
  it('names the file, the reason and what to do, whatever the file holds', async () => {
    const contents = [
      JSON.stringify({ mcpServers: { notes: { command: 'notes-server' } } }, null, 2),
      JSON.stringify({ globalShortcut: '', mcpServers: {} }),
      '{ // mine\r\n  "mcpServers": {}\r\n}',
    ];
    for (const content of contents) {
      computer.put(DESKTOP, BOM + content);
      const { of, code } = await computer.runDoctor();
      expect([code, of('claude-desktop-file')]).toMatchObject([
        1,
        {
          state: 'fail',
          detail: expect.stringMatching(
            /claude_desktop_config[.]json begins with a byte order mark \(BOM\).*every server/,
          ),
          fix: expect.stringContaining('lucanto-mcp setup claude-desktop'),
        },
      ]);
    }
  });

  it('says so of an entry of ours too, which the app never starts', async () => {
    await computer.run('setup', 'claude-desktop');
    expect((await computer.runDoctor()).of('claude-desktop-file').state).toBe('ok');
    withBom(DESKTOP);
    const { findings, of } = await computer.runDoctor();
    expect(findings).toEqual(['claude-desktop-file: fail']);
    expect(of('claude-desktop-start').detail).toMatch(/^not checked because of "Claude Desktop/);
  });

  it('leaves other apps in peace, which read past the mark', async () => {
    await computer.run('setup', 'cursor');
    withBom(CURSOR);
    const { findings, of } = await computer.runDoctor();
    expect([findings, of('cursor-file').state]).toEqual([[], 'ok']);
  });
});
