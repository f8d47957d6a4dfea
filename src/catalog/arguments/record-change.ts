import { AbortedError, ArgumentsError, AuthError, LocalError } from '../../core/errors.ts';
import { canonicalJson, isJsonObject, type JsonObject } from '../../core/json.ts';
import type { ValuePath } from '../../core/schema-keywords.ts';
import type { CallContext, ReadRecord, RecordChange, Tool } from '../../core/tool.ts';
import { withNote } from '../../writes/write-messages.ts';
import { ChangeDraft } from './change-draft.ts';
import { argumentPath, parsedContainer, SchemaPlace } from './fitted-arguments.ts';

/**
 * What a call that changes a record needs beyond what it says: one line among all lines, the fields that the service
 * demands or would lose, and without what the service computes, so that a record may be given back as it was read.
 */

/**
 * @param given coerced
 * @param line the position of the one line that the call changes, counted from 1
 * @throws LucantoError where the record is needed and cannot be read, or the call changes nothing
 */
export async function prepareChange(
  tool: Tool,
  change: RecordChange,
  given: JsonObject,
  line: number | null,
  context: CallContext,
): Promise<{
  /** To be checked, and sent. */
  readonly args: JsonObject;
  readonly call: Tool['call'];
}> {
  const draft = new ChangeDraft(tool, change, given);
  const isNeeded = line !== null || change.replaces || draft.missing(given).length > 0 || draft.mayBeComputed();
  const before = isNeeded || draft.hasParts() ? await readBefore(change, given, context, isNeeded) : null;
  const changed = line === null ? given : draft.withLine(line, before);
  const { args: own, computed } = draft.withoutComputed(changed, before);
  draft.refuseNothing(own, computed);
  const { args, filled } = draft.completed(own, before);
  const basis = line !== null || change.replaces || filled.length > 0 ? before : null;
  const call: Tool['call'] = async (final, context) => {
    const said = line === null ? given : { ...given, line };
    const result =
      basis === null
        ? await change.send(final, context, said, null)
        : // Between this look and the change, no other change of ours: it would be overwritten unseen.
          await change.alone(final, context, async () => {
            refuseChanged(basis, await readBefore(change, final, context, true));
            return change.send(final, context, said, basis);
          });
    const answer = result.content[0]?.text;
    const notes = [
      ...(computed.length === 0 ? [] : [`Left out, since the service sets it itself: ${computed.join(', ')}.`]),
      ...(filled.length === 0 || change.replaces
        ? []
        : [`Sent back as read, since the contract requires it: ${filled.join(', ')}.`]),
      ...[draft.changes(own, line, before, answer)].filter((text) => text !== ''),
      ...(line === null ? draft.counts(final, before, answer) : []),
    ];
    return notes.length === 0 || result.isError === true ? result : withNote(result, notes.join(' '));
  };
  return { args, call };
}

/** Nulls that the contract does not take: in a change they mean something, so they are not dropped. */
export function notClearable({ validation }: Tool, change: RecordChange, given: JsonObject): readonly string[] {
  const nulls = (said: unknown, at: SchemaPlace, place: ValuePath): readonly string[] => {
    const value = parsedContainer(said);
    if (isJsonObject(value))
      return Object.entries(value).flatMap(([name, one]) => nulls(one, at.member(name), [...place, name]));
    return value === null && !at.takes(null) ? [argumentPath(place)] : [];
  };
  const fields = change.fields.flatMap(({ arg }) => nulls(given[arg], SchemaPlace.of(validation).member(arg), [arg]));
  return fields.map((path) => `\`${path}\` is null, and the service cannot clear it; leave it out to keep it as it is`);
}

async function readBefore(
  { read, fields, replaces }: RecordChange,
  args: JsonObject,
  context: CallContext,
  isNeeded: boolean,
): Promise<ReadRecord | null> {
  if (read === null) return null;
  try {
    const found = await read(args, context);
    if (fields.some(({ property }) => found.record[property] !== undefined)) return found;
  } catch (error) {
    // Only to say what was there: the change itself does not depend on it.
    if (isNeeded || error instanceof AbortedError || error instanceof AuthError) throw error;
  }
  if (!replaces) return null;
  throw new ArgumentsError('The service replaces this record, and its fields cannot be read: they would be lost.', {
    hint: 'Nothing was sent. Do this in the Lucanto app.',
  });
}

function refuseChanged(before: ReadRecord, now: ReadRecord | null): void {
  if (canonicalJson(before.record) === canonicalJson(now?.record ?? null)) return;
  throw new LocalError('record_changed', 'The record has changed since this call read it; nothing was sent.', {
    hint: 'Read it again, then try once more.',
  });
}
