/** For the tests of a file: the built program, and an embedded Lucanto in the test's own process. */
import { afterAll, beforeAll } from 'vitest';
import type { Generation } from '../../src/contract/bundled-contract.ts';
import { type DemoService, startDemo } from '../../src/demo/demo-server.ts';
import { copyProgram, type Program } from './built-program.ts';

export interface ProgramAndService {
  readonly program: Program;
  readonly service: DemoService;
}

/** Both are there from the first test to the last. */
export function programAndService(generation: Generation): ProgramAndService {
  let program: Program | undefined;
  let service: DemoService | undefined;
  beforeAll(async () => {
    program = copyProgram();
    service = await startDemo({ port: 0, generation, clock: Date.now });
  });
  afterAll(async () => {
    await service?.close();
    program?.remove();
  });
  const there = <T>(value: T | undefined): T => {
    if (value === undefined) throw new Error('Asked for before the first test');
    return value;
  };
  return {
    get program() {
      return there(program);
    },
    get service() {
      return there(service);
    },
  };
}
