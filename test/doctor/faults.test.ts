import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { programAndService } from '../cli/program-and-service.ts';
import { APP_FAULTS } from './faults/apps.ts';
import { DISK_FAULTS } from './faults/disk.ts';
import { ENTRY_FAULTS } from './faults/entries.ts';
import { DEAD, type Fault } from './faults/fault.ts';
import { NETWORK_FAULTS } from './faults/network.ts';
import { TOKEN_FAULTS } from './faults/token.ts';
import { type TestComputer, testComputer } from './test-computer.ts';

const bench = programAndService('workspaces');
let computer: TestComputer;
const rows: string[] = [];
afterAll(() => {
  process.stdout.write(`fault | check: state | fix\n${rows.join('\n')}\n`);
});
beforeEach(() => {
  computer = testComputer(bench.program, bench.service);
});
afterEach(() => computer.leave());

const FAULTS = [...TOKEN_FAULTS, ...NETWORK_FAULTS, ...DISK_FAULTS, ...APP_FAULTS, ...ENTRY_FAULTS];

/** What an app's own process remembers of another token than the stored one is that process's. */
function irreversible(files: Readonly<Record<string, string>>): readonly string[] {
  return Object.keys(files).filter((name) => !/[/]cache[/]/.test(name));
}

describe('The doctor', () => {
  it.each(FAULTS.map((fault): [string, Fault] => [fault.fault, fault]))(
    'finds: %s',
    async (name, { arrange, finds, detail, fix }) => {
      const { args = [], env = {} } = (await arrange(computer)) ?? {};
      const before = bench.program.files();
      const doctor = await computer.runDoctor(args, env);
      expect([...doctor.findings].sort()).toEqual([...finds].sort());
      const found = doctor.of(finds[0].replace(/: .*/, ''));
      expect(found.detail).toMatch(detail);
      expect(found.fix ?? '').toMatch(fix);
      expect(doctor.code).toBe(finds.some((one) => one.endsWith('fail')) ? 1 : 0);
      expect(doctor.stderr).toBe('');
      rows.push(`${name} | ${found.id}: ${found.state} | ${found.fix}`);
      const { manage, read } = bench.service.tokens;
      for (const secret of [DEAD, manage, read, 'opaque-secret-4711', 'hunter2', 'secret-word']) {
        expect(doctor.stdout).not.toContain(secret);
      }
      expect(doctor.stdout).not.toContain(bench.program.home);
      expect(irreversible(bench.program.files())).toEqual(irreversible(before));
    },
  );
});
