/** Two services of other trades, too large for one list of tools: a few resources that people work with among many tables. */
import {
  arrayOf,
  body,
  documentOf,
  done,
  id,
  inPath,
  named,
  object,
  ok,
  ref,
  rows,
  type TestDocument,
} from './parts.ts';

const name = { type: 'string' };
const LETTERS = [...'abcdefghijklmnopqrst'];

/** Small tables that come first in the document and in the alphabet. @param methods of each */
function tables(prefix: string, words: readonly string[], isWritten: boolean): object {
  return Object.fromEntries(
    words.flatMap((word) =>
      LETTERS.flatMap((letter) => {
        const noun = `${prefix}_${word}_${letter}`;
        const written = isWritten && {
          put: named(`replace_${noun}`, body(object({ name })), ok(object({ id, name }))),
        };
        return [
          [`/${noun}s`, { get: named(`list_${noun}s`, { tags: ['Tables'] }, rows(object({ id, name }))), ...written }],
          [
            `/${noun}s/{id}`,
            { parameters: [inPath('id')], get: named(`get_${noun}`, { tags: ['Tables'] }, ok(object({ id, name }))) },
          ],
        ];
      }),
    ),
  );
}

function worked(noun: string, tag: string, properties: object): object {
  const record = object({
    id,
    ...properties,
    note: { type: 'string', description: 'Whatever else there is to say. '.repeat(9) },
  });
  const tags = { tags: [tag] };
  return {
    [`/${noun}s`]: {
      get: named(`list_${noun}s`, tags, rows(record)),
      post: named(`create_${noun}`, tags, body(record), ok(record, 201)),
    },
    [`/${noun}s/{id}`]: {
      parameters: [inPath('id')],
      get: named(`get_${noun}`, tags, ok(record)),
      patch: named(`update_${noun}`, tags, body(record), ok(record)),
      delete: named(`delete_${noun}`, tags, done),
    },
  };
}

/** The document's own order of its tags is all that tells its resources apart. */
export const practice: TestDocument = {
  name: 'practice',
  base: '/api/v1',
  document: documentOf(
    {
      ...tables('allergen', ['class', 'code', 'scale', 'form'], false),
      ...worked('admission', 'Wards', { name }),
      ...worked('visit', 'Visits', { name }),
      ...worked('zone', 'Zones', { name }),
    },
    { tags: [{ name: 'Zones' }, { name: 'Visits' }, { name: 'Wards' }, { name: 'Tables' }] },
  ),
};

/** Without tags: what can be created, and what others refer to, in fields, parameters and schemas. */
export const fleet: TestDocument = {
  name: 'fleet',
  base: '/api/v1',
  document: documentOf(
    {
      ...tables('axle', ['class', 'code', 'scale', 'form'], true),
      ...worked('beacon', 'A', { name }),
      ...worked('trip', 'A', { vehicle_id: id, driver: ref('Driver') }),
      ...worked('vehicle', 'A', { name }),
      ...worked('driver', 'A', { vehicleIds: arrayOf(id) }),
    },
    {
      components: {
        schemas: {
          Driver: object({ id, name }),
          Refuelling: object({ vehicle_id: id, litres: { type: 'number' } }),
          Handover: object({ from: object({ driver_id: id }), vehicle: object({ id }) }),
        },
      },
    },
  ),
};
