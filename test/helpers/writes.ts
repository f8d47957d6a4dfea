/** A ledger that lets everything through, with the given key. */
import type { WritePort } from '../../src/writes/ledger.ts';

export function writesWith(key: string): WritePort {
  return {
    run: async (call, context, send) => {
      const written = await send({ key: call.kind === 'keyed' ? key : null, context, earlier: null });
      return written.result;
    },
  };
}
