/** What is made once for each argument and kept: no more than so much of it. */
import { expect, it } from 'vitest';
import { onceFor } from '../../../src/core/deadline.ts';

it('is made once for each argument, and again where 5,000 were made since', () => {
  const made: number[] = [];
  const once = onceFor((at: number) => {
    made.push(at);
    return `made for ${at}`;
  });
  for (let at = 0; at < 5_000; at += 1) once(at);
  expect(once(4_999)).toBe('made for 4999');
  expect(made).toHaveLength(5_000);
  once(5_000);
  expect(once(0)).toBe('made for 0');
  expect(made.slice(5_000)).toEqual([5_000, 0]);
});
