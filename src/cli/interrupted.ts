import { EXIT, LucantoError } from '../errors.ts';

/** The user said no (Ctrl-C at a prompt). There is nothing to tell them about it. */
export class InterruptedError extends LucantoError {
  override readonly name = 'InterruptedError';
  override readonly exitCode = EXIT.interrupted;
  constructor() {
    super('interrupted', 'Interrupted.', { hint: 'Run the same again to go on.' });
  }
}
