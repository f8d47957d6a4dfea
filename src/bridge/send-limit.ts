import type { ResolvedSettings } from '../config/resolve.ts';
import { writeLimits } from '../config/write-limits.ts';
import { daysIn, ownTimeZone } from '../core/calendar.ts';
import type { SendCount, SendLimit } from '../writes/send-count.ts';
import type { BridgeOptions } from './open-service.ts';

/** How much may be sent on one day of this computer, and how much was. */

export function sendLimitOf({ limit, machine }: ResolvedSettings, clock: () => number): SendLimit {
  const dayOf = daysIn(machine.timeZone ?? ownTimeZone());
  return { most: writeLimits(limit).sends, day: () => dayOf(clock()) };
}

/** To read from. @param folder of the write ledger, which need not exist */
export async function openSendCount(
  folder: string,
  { settings, clock }: Pick<BridgeOptions, 'settings' | 'clock'>,
): Promise<SendCount> {
  const [{ SendCount: Count }, { Locks }] = await Promise.all([
    import('../writes/send-count.ts'),
    import('../writes/lock.ts'),
  ]);
  return new Count(folder, sendLimitOf(settings, clock), new Locks(folder, clock), clock);
}

/**
 * Refuses before a person is asked in vain. The ledger has the last word: a call that comes again, whose outcome was
 * unknown, has been counted.
 * @throws LucantoError
 */
export async function checkSends(folder: string, options: BridgeOptions, sends: number, tool: string): Promise<void> {
  const [{ RecordStore }, { isDelivered }] = await Promise.all([
    import('../writes/record-store.ts'),
    import('../writes/write-record.ts'),
  ]);
  const records = await new RecordStore(folder, options.log).all();
  const mayBeRepeated = records.some((record) => !isDelivered(record) && (record.facts?.tool ?? tool) === tool);
  if (!mayBeRepeated) await (await openSendCount(folder, options)).check(sends, tool);
}
