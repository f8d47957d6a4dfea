/** Files that other users of this computer own or can change are not to be trusted: doctor names them, with the command. */
import { chmodSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { programAndService } from '../cli/program-and-service.ts';
import { contextIn, found } from '../doctor/check-context.ts';
import { CONFIG, PROFILE, type TestComputer, testComputer } from '../doctor/test-computer.ts';
import { fixtureHome } from '../setup/fixture-home.ts';

const bench = programAndService('workspaces');
let computer: TestComputer;
beforeEach(async () => {
  computer = testComputer(bench.program, bench.service);
  await computer.loggedIn();
});
afterEach(() => computer.leave());

describe.skipIf(process.platform === 'win32')('doctor', () => {
  it.each([
    ['the stored API key', PROFILE, 0o606],
    ['a file of the write record', path.join(CONFIG, 'writes', 'record.json'), 0o620],
    ['a cached contract', path.join(CONFIG, 'cache', 'ab', 'contract.json'), 0o622],
    ['the config directory itself', CONFIG, 0o770],
  ])('fails on %s that other users can change, with its mode and the command', async (_, file, mode) => {
    if (file !== PROFILE && file !== CONFIG) computer.put(file, '{}');
    chmodSync(computer.path(file), mode);
    const { of, code, checks } = await computer.runDoctor();
    const { state, detail, fix } = of('config-dir');
    expect([code, state]).toEqual([1, 'fail']);
    expect(detail).toContain(`${file} (0${mode.toString(8)})`);
    expect(detail).toMatch(/can be changed by other users of this computer[.]$/);
    expect(fix).toMatch(/^Run `chmod -R go= /);
    // One problem, one fix: what follows from it is skipped.
    expect(checks.filter((check) => check.state === 'fail').map(({ id }) => id)).toEqual(['config-dir']);
    chmodSync(computer.path(file), mode & 0o700);
    const repaired = await computer.runDoctor();
    expect(repaired.of('config-dir').state).toBe('ok');
  });

  it('fails on a file that another user owns, whoever runs it', async () => {
    const home = fixtureHome('linux');
    try {
      home.write('/home/anna/.config/lucanto-mcp/profiles/profile-default.json', '{}');
      for (const userId of [4711, 4712, 1]) {
        const context = contextIn(home.place);
        const finding = await found('config-dir', {
          ...context,
          settings: { ...context.settings, configDir: home.place.onDisk('/home/anna/.config/lucanto-mcp') },
          computer: { ...home.place, onDisk: (name) => name },
          runtime: { ...context.runtime, userId },
        });
        expect(finding).toMatchObject({
          state: 'fail',
          detail: expect.stringMatching(/lucanto-mcp belongs to another user of this computer[.]$/),
          fix: expect.stringMatching(/^Run `sudo chown -R /),
        });
      }
    } finally {
      home.remove();
    }
  });
});
