/**
 * What must happen for every fault and every kind of call, written from the policy (issue: "nothing is written twice,
 * nothing is lost, every call is answered"), not from what the bridge does. A cell says: attempts that reached the
 * proxy; `ok`, `failed` (a definite error) or `unknown` (the answer says so); whether the ledger keeps the write open.
 *
 *  - A read, and a write that the service recognises when it comes again (POST with its key, PATCH, DELETE), is tried
 *    three times where the connection breaks and at 429. After 500 and after an answer that makes no sense it is not:
 *    the same would come again. A read, PATCH and DELETE are tried three times at 502 and 503 too; a POST is not, since
 *    the service does not remember a 5xx under its key.
 *  - A remote write is sent once.
 *  - A call that hangs is answered at its time limit.
 *  - A write is open while it may have been carried out and its client has no definite answer.
 *  - An empty 2xx is an answer to a REST write, but not to a read, nor to a request of JSON-RPC.
 */
import type { Fault } from '../helpers/faults.ts';

export const KINDS = ['read', 'create', 'action', 'PATCH', 'DELETE', 'remote read', 'remote write'] as const;
export type Kind = (typeof KINDS)[number];

/** `always`: each attempt meets the fault; `once`: only the first does. */
export type Mode = 'always' | 'once';

export type FaultName = Fault | 'refuse';

const ALWAYS = `
fault             read       create             action             PATCH              DELETE             remote read  remote write
refuse            0 failed   0 failed closed    0 failed closed    0 failed closed    0 failed closed    0 failed     0 failed closed
reset_before      3 failed   3 unknown open     3 unknown open     3 unknown open     3 unknown open     3 failed     1 unknown open
reset_after       3 failed   3 unknown open     3 unknown open     3 unknown open     3 unknown open     3 failed     1 unknown open
cut_body          3 failed   3 unknown open     3 unknown open     3 unknown open     3 unknown open     3 failed     1 unknown open
hang_before       2 failed   1 unknown open     1 unknown open     1 unknown open     1 unknown open     1 failed     1 unknown open
hang_after        2 failed   1 unknown open     1 unknown open     1 unknown open     1 unknown open     1 failed     1 unknown open
late              1 ok       1 ok closed        1 ok closed        1 ok closed        1 ok closed        1 ok         1 ok closed
slow_head         1 ok       1 ok closed        1 ok closed        1 ok closed        1 ok closed        1 ok         1 ok closed
slow_body         1 ok       1 ok closed        1 ok closed        1 ok closed        1 ok closed        1 ok         1 ok closed
500_json          1 failed   1 unknown open     1 unknown open     1 unknown open     1 unknown open     1 failed     1 unknown open
502_html          3 failed   1 unknown open     1 unknown open     3 unknown open     3 unknown open     3 failed     1 unknown open
502_html_after    3 failed   1 unknown open     1 unknown open     3 unknown open     3 unknown open     3 failed     1 unknown open
503               3 failed   1 unknown open     1 unknown open     3 unknown open     3 unknown open     3 failed     1 unknown open
503_retry_after   3 failed   1 unknown open     1 unknown open     3 unknown open     3 unknown open     3 failed     1 unknown open
429               3 failed   3 failed closed    3 failed closed    3 failed closed    3 failed closed    3 failed     1 failed closed
429_retry_after   3 failed   3 failed closed    3 failed closed    3 failed closed    3 failed closed    3 failed     1 failed closed
wrong_json        1 failed   1 unknown open     1 unknown open     1 unknown open     1 unknown open     1 failed     1 unknown open
wrong_type        1 failed   1 unknown open     1 unknown open     1 unknown open     1 unknown open     1 failed     1 unknown open
sse_ends_early    1 failed   1 unknown open     1 unknown open     1 unknown open     1 unknown open     1 failed     1 unknown open
accepted_202      1 failed   1 unknown open     1 unknown open     1 unknown open     1 unknown open     1 failed     1 unknown open
wrong_id          1 ok       1 ok closed        1 ok closed        1 ok closed        1 ok closed        1 failed     1 unknown open
`;

const ONCE = `
fault             read       create             action             PATCH              DELETE             remote read  remote write
refuse            1 ok       1 ok closed        1 ok closed        1 ok closed        1 ok closed        1 ok         1 ok closed
reset_before      2 ok       2 ok closed        2 ok closed        2 ok closed        2 ok closed        2 ok         1 unknown open
reset_after       2 ok       2 ok closed        2 ok closed        2 ok closed        2 ok closed        2 ok         1 unknown open
cut_body          2 ok       2 ok closed        2 ok closed        2 ok closed        2 ok closed        2 ok         1 unknown open
hang_before       2 ok       1 unknown open     1 unknown open     1 unknown open     1 unknown open     1 failed     1 unknown open
hang_after        2 ok       1 unknown open     1 unknown open     1 unknown open     1 unknown open     1 failed     1 unknown open
late              1 ok       1 ok closed        1 ok closed        1 ok closed        1 ok closed        1 ok         1 ok closed
slow_head         1 ok       1 ok closed        1 ok closed        1 ok closed        1 ok closed        1 ok         1 ok closed
slow_body         1 ok       1 ok closed        1 ok closed        1 ok closed        1 ok closed        1 ok         1 ok closed
500_json          1 failed   1 unknown open     1 unknown open     1 unknown open     1 unknown open     1 failed     1 unknown open
502_html          2 ok       1 unknown open     1 unknown open     2 ok closed        2 ok closed        2 ok         1 unknown open
502_html_after    2 ok       1 unknown open     1 unknown open     2 ok closed        2 ok closed        2 ok         1 unknown open
503               2 ok       1 unknown open     1 unknown open     2 ok closed        2 ok closed        2 ok         1 unknown open
503_retry_after   2 ok       1 unknown open     1 unknown open     2 ok closed        2 ok closed        2 ok         1 unknown open
429               2 ok       2 ok closed        2 ok closed        2 ok closed        2 ok closed        2 ok         1 failed closed
429_retry_after   2 ok       2 ok closed        2 ok closed        2 ok closed        2 ok closed        2 ok         1 failed closed
wrong_json        1 failed   1 unknown open     1 unknown open     1 unknown open     1 unknown open     1 failed     1 unknown open
wrong_type        1 failed   1 unknown open     1 unknown open     1 unknown open     1 unknown open     1 failed     1 unknown open
sse_ends_early    1 failed   1 unknown open     1 unknown open     1 unknown open     1 unknown open     1 failed     1 unknown open
accepted_202      1 failed   1 unknown open     1 unknown open     1 unknown open     1 unknown open     1 failed     1 unknown open
wrong_id          1 ok       1 ok closed        1 ok closed        1 ok closed        1 ok closed        1 failed     1 unknown open
`;

/** By `fault kind`. */
export const EXPECTED: Readonly<Record<Mode, ReadonlyMap<string, string>>> = {
  always: readTable(ALWAYS),
  once: readTable(ONCE),
};

function readTable(text: string): ReadonlyMap<string, string> {
  const [, ...rows] = text
    .trim()
    .split('\n')
    .map((line) => line.split(/ {2,}/));
  return new Map(
    rows.flatMap(([fault, ...cells]) =>
      KINDS.map((kind, index): [string, string] => [`${fault} ${kind}`, cells[index] ?? 'missing']),
    ),
  );
}

/** The same layout, for people to read. */
export function writeTable(mode: Mode, faults: readonly string[], cells: ReadonlyMap<string, string>): string {
  const rows = [
    [mode, ...KINDS],
    ...faults.map((fault) => [fault, ...KINDS.map((kind) => cells.get(`${fault} ${kind}`) ?? '')]),
  ];
  const widths = [0, ...KINDS.map((_, index) => index + 1)].map((column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  );
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
