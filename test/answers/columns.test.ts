import { expect, it } from 'vitest';
import { columnsOf } from '../../src/answers/columns.ts';

const NOTES = Object.fromEntries(Array.from({ length: 12 }, (_, at) => [`note_${at}`, 'x']));

it('a row of few fields is shown with a long name, and without a long remark', () => {
  const row = { id: 1, name: 'n'.repeat(200), remark: 'r'.repeat(200) };
  const { shown, more } = columnsOf([row], null, []);
  expect([...(shown ?? [])]).toEqual(['id', 'name']);
  expect(more).toEqual(['remark']);
});

it('a row of many fields is shown with its status, and with another state only where it has none', () => {
  const row = {
    ...NOTES,
    id: 1,
    progress: 'sent',
    number: 'F1',
    issue_date: '2026-01-02',
    total: '5.00',
    currency: 'EUR',
  };
  const rows = [row, { ...row, id: 2, progress: 'paid' }];
  const shown = (extra: object) => [
    ...(columnsOf(
      rows.map((one) => ({ ...one, ...extra })),
      null,
      [],
    ).shown ?? []),
  ];
  expect(shown({})).toContain('progress');
  expect(shown({ status: 'paid' })).toContain('status');
  expect(shown({ status: 'paid' })).not.toContain('progress');
});
