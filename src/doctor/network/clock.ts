/** This computer's clock against the service's, which says in every answer what time it is. */
import { Transport } from '../../http/transport/transport.ts';
import { userAgent } from '../../http/user-agent.ts';
import { VERSION } from '../../version.ts';
import { type Check, fail, ok, skip, warn } from '../check.ts';
import type { DoctorContext } from '../context.ts';
import { failure, routeOf } from './route.ts';

const MINUTE_MS = 60_000;
/** Certificates last for weeks, keys of writes for a day: from there on things fail. */
const FAILS_FROM_MS = 24 * 60 * MINUTE_MS;
const TOLD_FROM_MS = 2 * MINUTE_MS;

export const clockCheck: Check = {
  id: 'clock',
  title: 'Clock',
  needs: ['tls'],
  late: { state: 'skip', detail: 'the service gave no answer to read the time from' },
  run: async (context, { signal }) => {
    const { clock } = context;
    const before = clock();
    let date: string | null;
    try {
      date = await askDate(context, signal);
    } catch (error) {
      return skip(`the service could not be asked. ${failure(error, routeOf(context), context).detail}`);
    }
    const here = (before + clock()) / 2;
    const there = date === null ? Number.NaN : Date.parse(date);
    if (Number.isNaN(there)) return skip('the service did not say what time it is');
    const off = Math.abs(here - there);
    if (off < TOLD_FROM_MS) return ok("as the service's");
    const detail = `${amount(off)} ${here > there ? 'ahead of' : 'behind'} the service's`;
    const fix = 'Set the clock of this computer, and let it be set from the network.';
    return off < FAILS_FROM_MS ? warn(detail, fix) : fail(detail, fix);
  },
};

/** Without the token, whatever the answer. */
async function askDate({ origin, settings, place, runtime, log }: DoctorContext, signal: AbortSignal) {
  const { env } = place;
  const transport = new Transport({ origin, env, embedded: settings.demo, nodeVersion: runtime.nodeVersion, log });
  const request = () =>
    new Request(`${origin}/api/v1/openapi.json`, {
      method: 'HEAD',
      redirect: 'manual',
      headers: { 'User-Agent': userAgent(VERSION) },
    });
  const response = await transport.send(request(), signal, true).catch((error: unknown) => {
    if (signal.aborted || !transport.trustSystem()) throw error;
    return transport.send(request(), signal, true);
  });
  await response.body?.cancel();
  return response.headers.get('date');
}

function amount(ms: number): string {
  const minutes = Math.round(ms / MINUTE_MS);
  return minutes < 120 ? `${minutes} minutes` : `${Math.round(minutes / 60)} hours`;
}
