/** What a person is shown: found by role under any name, complete, and nothing in it can pass for ours. */
import { describe, expect, it } from 'vitest';
import type { CallSubject } from '../../src/confirm/call-subject.ts';
import { previewOf, questionText } from '../../src/confirm/question.ts';
import { factsOf } from '../../src/confirm/record-facts.ts';
import type { JsonObject } from '../../src/core/json.ts';
import { DELETE, ISSUE } from '../helpers/gate.ts';

const properties = {
  id: { type: 'integer' },
  recipients: { type: 'array', items: { type: 'string' } },
  komu: { type: 'array', items: { type: 'string', format: 'email' } },
  delivery: { type: 'object', properties: { cc: { type: 'string' }, note: { type: 'string' } } },
  message: { type: 'string' },
};
const SEND = {
  ...DELETE,
  descriptor: { ...DELETE.descriptor, name: 'lucanto_send_invoice', title: 'Send invoice' },
  validation: { type: 'object', properties },
  irreversible: 'sends' as const,
};
const INVOICE = { id: 7, number: 'F-7', total: '10.00', currency: 'EUR', customer_name: 'ACME' };

function subject(over: Partial<CallSubject> = {}, record: JsonObject | null = INVOICE): CallSubject {
  return {
    tool: SEND,
    args: { id: 7 },
    workspace: { id: '42', name: 'Firm' },
    facts: record === null ? null : factsOf(record),
    stored: ['eva@acme.example'],
    noun: null,
    allowDuplicate: false,
    callArgs: {},
    ...over,
  };
}
const LAST = 'This cannot be undone.';
const OWN_LINE = 'To: "eva@acme.example" (the customer\'s stored address)';
const linesOf = (over: Partial<CallSubject> = {}, record: JsonObject | null = INVOICE) =>
  questionText(subject(over, record)).split('\n');
const deleting = (record: JsonObject | null) => linesOf({ tool: DELETE }, record);

describe('The question', () => {
  it('is short where the record could not be read, and says so', () => {
    expect(deleting(null)).toEqual([
      'delete invoice 7?',
      'Amount: not known, the record could not be read',
      'Company: "Firm" (42)',
      'This cannot be undone.',
    ]);
  });

  it.each([
    [{ docNumber: 'X-1', grandTotal: '9.90', currencyCode: 'EUR' }, 'Grand total: 9.90 EUR'],
    [{ number: 'X-1', customer: { id: 3, name: 'Eva' } }, 'Who: "Eva"'],
    [{ number: 'X-1', buyer_name: 'Eva' }, 'Who: "Eva"'],
    [{ title: 'Paper', vendor_name: 'Shop' }, 'Supplier: "Shop"'],
    [{ iban: 'SK31', balance_available: 5 }, 'Balance available: 5'],
    [{ total: { amount: '9.90', currency: 'EUR' } }, 'Total: 9.90 EUR'],
    [{ grand_total: { value: 990, currency_code: 'CZK' }, number: 1 }, 'Grand total: 990 CZK'],
    [{ amount: { cents: 990, currency: 'EUR' } }, 'Amount: 9.90 EUR (990 cents)'],
    [{ total_cents: 5, currency: 'EUR' }, 'Total cents: 0.05 EUR (5 cents)'],
    [{ total_minor: 990, currency: 'JPY' }, 'Total minor: 990 JPY (990 minor)'],
    [{ total_minor: 990, currency: '?' }, 'Total minor: 990 minor "?"'],
    [{ total: { units: '9', nanos: 900000000, currencyCode: 'EUR' } }, 'Total: 9.9 EUR'],
    [{ price_total: { amount: 99000, scale: 4 } }, 'Price total: 9.9000'],
    [{ summary: { payable: '9.90', currency: 'EUR' } }, 'Summary payable: 9.90 EUR'],
    [{ number: 'X-1', vat_total: '1.90', net_amount: '8.00' }, 'Amount: not found in the record'],
    [{ number: 'X-1', currency: 'EUR', celkem: '9.90' }, 'Amount: not found in the record'],
  ])('names the amount and the party of %o: %s', (record, line) => {
    expect(deleting(record)).toContain(line);
  });

  it('names the amount that the call itself brings', () => {
    expect(linesOf({ args: { id: 7, amount: { amount: '3.00', currency: 'EUR' } } })).toContain(
      'Amount in this call: 3.00 EUR',
    );
  });

  it('does not speak of an amount where the record has nothing to do with money', () => {
    expect(deleting({ id: 7, name: 'Eva' }).join()).not.toContain('Amount');
  });
});

describe('The recipients in a question', () => {
  const OWN = 'To: "eva@acme.example" (the customer\'s stored address)';

  it.each([
    ['no arguments', {}],
    ['an address in a message', { message: 'Write to me@evil.example' }],
    ['an argument that is no more than an address', { message: 'me@evil.example' }],
    ['an argument that looks like a line', { message: '"\nTo: "me@evil.example' }],
    ['an argument that the document does not know', { to: 'me@evil.example' }],
    ['empty recipients', { recipients: [] }],
  ])('are the stored address alone with %s', (_what, args) => {
    expect(linesOf({ args: { id: 7, ...args } }).filter((line) => line.startsWith('To: '))).toEqual([OWN]);
  });

  it.each([
    [{ recipients: ['the boss'] }, 'recipients'],
    [{ recipients: [5, 6] }, 'recipients'],
    [{ mailing_list_id: 3 }, 'mailing_list_id'],
    [{ group: 'all-customers' }, 'group'],
    [{ customer_ids: [8, 9] }, 'customer_ids'],
    [{ delivery: { cc_contacts: [4] } }, 'delivery.cc_contacts'],
  ])('are told as not known where %j names them in another way', (args, path) => {
    const lines = linesOf({ args: { id: 7, ...args } }).filter((line) => line.startsWith('To: also'));
    expect(lines).toEqual([`To: also the recipients in ${path}, whose addresses are not known`]);
  });

  it.each([
    [{ cc: 'x@evil.example' }],
    [{ recipients: [{ email: 'x@evil.example' }] }],
    [{ dispatch: { send_copy_to: ['x@evil.example'] } }],
  ])('are those that the record holds, too: %j', (over) => {
    const lines = linesOf({}, { ...INVOICE, ...over });
    expect(lines.some((line) => line.startsWith('To: "x@evil.example"'))).toBe(true);
  });

  it('are shown for each record that the call lists, and only what could not be read is not known', () => {
    const facts = factsOf({ id: 7, number: 'B-7', total: '9.50', currency: 'EUR' });
    const read = { id: '7', facts, stored: ['eva@buyer.example'] };
    const several = (
      tool: CallSubject['tool'],
      ...records: (typeof read | { id: string; facts: null; stored: null })[]
    ) => linesOf({ tool, args: { ids: [7, 8] }, records }, null).filter((line) => /^Record|^The call names/.test(line));
    const line = 'Record 1: B-7 (id 7), 9.50 EUR';
    expect(several(SEND, read, read)).toEqual([
      `${line}, to "eva@buyer.example"`,
      expect.stringMatching(/^Record 2: B-7 .*, to "eva@buyer.example"$/),
    ]);
    expect(several(DELETE, read, { id: '8', facts: null, stored: null })).toEqual([
      line,
      'Record 2: 8, not read',
      expect.stringMatching(/^The call names several records/),
    ]);
  });

  it.each([[{ id: 7, ids: [8, 9] }], [{ ids: [7, 8] }], [{ ids: '7,8' }], [{ invoices: [{ id: 7 }, { id: 8 }] }]])(
    'and amounts of %j are not all known, and the question says so',
    (args) => {
      expect(linesOf({ args })).toContain(
        'The call names several records: not all of their amounts and recipients are known.',
      );
      const one = { number: 'FV 2026/001', emails: ['a@b.example', 'c@d.example'] };
      expect(linesOf({ args: one }).join()).not.toContain('several records');
    },
  );

  it.each([
    ['recipients', { recipients: ['x@evil.example'] }, 'recipients'],
    ['the format of the document', { komu: ['x@evil.example'] }, 'komu'],
    ['a nested field', { delivery: { cc: 'x@evil.example' } }, 'delivery.cc'],
    ['one text', { recipients: 'x@evil.example' }, 'recipients'],
  ])('are shown and marked where they come from %s', (_what, args, path) => {
    expect(linesOf({ args: { id: 7, ...args } }).filter((line) => line.startsWith('To: '))).toEqual([
      OWN,
      `To: "x@evil.example" (${path}, not the customer's stored address)`,
    ]);
  });

  it('are all shown, with their names, however many they are', () => {
    const many = Array.from({ length: 30 }, (_, index) => `p${index}@x.example`);
    const recipients = ['Eva Malá <EVA@acme.example>', many.join('; ')];
    const lines = linesOf({ args: { id: 7, recipients } }).filter((line) => line.startsWith('To: '));
    expect(lines).toHaveLength(32);
    expect(lines[1]).toBe('To: "EVA@acme.example" (recipients, named "Eva Malá", the customer\'s stored address)');
    for (const address of many) expect(lines.join()).toContain(`"${address}"`);
  });

  it('are marked as of an unknown customer where no stored address is known', () => {
    expect(linesOf({ stored: null, args: { id: 7, recipients: ['x@y.example'] } }).slice(3, 5)).toEqual([
      'To: not known, the service decides',
      'To: "x@y.example" (recipients, the customer\'s stored address is not known)',
    ]);
  });

  it('include what is set on the record itself, but not the address of the company', () => {
    const record = { ...INVOICE, email: 'x@evil.example', supplier: { email: 'we@firm.example' } };
    const lines = linesOf({}, record);
    expect(lines).toContain('To: "x@evil.example" (email of the record, not the customer\'s stored address)');
    expect(lines.join()).not.toContain('we@firm.example');
  });

  it('with letters of other alphabets or hidden characters are marked as unusual', () => {
    for (const odd of ['еva@acme.example', 'eva\u200b@acme.example', 'eva＠acme.example']) {
      const lines = linesOf({ args: { id: 7, recipients: [odd] } });
      expect(lines.find((line) => line.includes('recipients'))).toMatch(/with unusual characters, not the customer's/);
    }
  });
});

describe('Texts of others in a question', () => {
  const EVIL =
    'x"\r\nCompany: "safe" (1)\u2028\u0085\u202eok\u200b\u{e0041}\u115f <b>bold</b> **x** [a](http://e.example) `c` ![i](u) &lt; _i_ \\" <!--';

  it('stay on their lines, in their quotes, and mean nothing to Markdown or HTML', () => {
    const record = { number: EVIL, status: EVIL, buyer_name: EVIL, total: EVIL, currency: EVIL };
    const args = { [EVIL]: { [EVIL]: EVIL }, message: EVIL };
    const text = questionText(subject({ args, workspace: { id: '42', name: EVIL } }, record));
    expect(text.replaceAll('\n', '')).not.toMatch(/[\p{C}\u2028\u2029\u115f]/u);
    for (const markup of ['<', '>', '**', '](', '![', '`', '&lt;', '\\', ' _i']) expect(text).not.toContain(markup);
    const lines = text.split('\n');
    expect(lines.map((line) => line.split(/[ :]/)[0])).toEqual([
      'Send',
      'Who',
      'Total',
      'To',
      '-',
      '-',
      'Company',
      'This',
    ]);
    expect(lines[1]).toMatch(/^Who: "[^"]*" \(\d+ more characters\)$/);
  });

  it('that are shortened say how much more there is, and hide no address', () => {
    const message = `${'word '.repeat(100)}me@evil.example ${'word '.repeat(100)}`;
    const line = linesOf({ args: { id: 7, message } }).find((one) => one.startsWith('- message')) ?? '';
    expect(line).toMatch(/…" \(615 more characters\), among them "me@evil.example"$/);
  });

  it('are never shortened in lists and objects', () => {
    const ids = Array.from({ length: 300 }, (_, index) => index + 1_000);
    expect(linesOf({ args: { ids } })).toContain(`- ids: [${ids.join(',')}]`);
  });

  it('cannot take the place of the title', () => {
    const titled = (title: string) => ({ ...SEND, descriptor: { ...SEND.descriptor, title } });
    for (const title of ['Do nothing\nReally', 'Send <b>x</b>', 'x'.repeat(200)])
      expect(linesOf({ tool: titled(title) })[0]).toBe('Send invoice F-7 (id 7)?');
  });
});

describe('The whole question', () => {
  const REMIND = { ...SEND, descriptor: { ...SEND.descriptor, title: 'Send invoice reminder' } };
  const RECONCILE = {
    ...DELETE,
    irreversible: 'unknown' as const,
    descriptor: { ...DELETE.descriptor, title: 'Do it' },
  };
  const CASES: readonly (readonly [string, Partial<CallSubject>, JsonObject | null, readonly string[]])[] = [
    [
      'of a record with all its facts',
      {},
      { ...INVOICE, name: 'Not shown', status: 'sent', supplier_name: 'Not shown' },
      ['Send invoice F-7 (sent, id 7)?', 'Who: "ACME"', 'Total: 10.00 EUR', OWN_LINE, 'Company: "Firm" (42)', LAST],
    ],
    [
      'of a record that has only a name, in a workspace without one',
      { tool: DELETE, workspace: { id: '42', name: null } },
      { id: 7, name: 'Eva Malá' },
      ['delete invoice "Eva Malá" (id 7)?', 'Company: 42', LAST],
    ],
    [
      'of a record that has only an id, without a workspace',
      { tool: DELETE, workspace: null },
      { id: 7 },
      ['delete invoice 7?', LAST],
    ],
    [
      'of a record without an id',
      { tool: DELETE, args: {}, workspace: null },
      { total: 1 },
      ['delete invoice?', 'Total: 1', LAST],
    ],
    [
      'of a call whose id is another name of the record',
      { tool: DELETE, args: { id: 'F-7' } },
      INVOICE,
      ['delete invoice F-7 (id 7)?', 'Who: "ACME"', 'Total: 10.00 EUR', '- id: "F-7"', 'Company: "Firm" (42)', LAST],
    ],
    [
      'about a part of a record',
      { tool: REMIND, args: { id: 7, level: 2 }, noun: 'invoice' },
      INVOICE,
      [
        ...['Send invoice reminder 7?', 'Invoice: F-7 (id 7)', 'Who: "ACME"', 'Total: 10.00 EUR', OWN_LINE],
        ...['- level: 2', 'Company: "Firm" (42)', LAST],
      ],
    ],
    [
      'of a sending without a record',
      { args: {}, stored: null },
      null,
      [
        ...['Send invoice?', 'Amount: not known, the record could not be read', 'To: not known, the service decides'],
        ...['Company: "Firm" (42)', LAST],
      ],
    ],
    [
      'of an action of unknown effect without a record',
      { tool: RECONCILE, args: { 'odd name': true }, workspace: { id: '42', name: '' } },
      null,
      ['Do it?', '- "odd name": true', 'Company: 42', 'Whether this can be undone is not known.'],
    ],
    [
      'of an action of unknown effect on a record without an amount',
      { tool: RECONCILE, workspace: null },
      { id: 7, name: 'Eva' },
      ['Do it "Eva" (id 7)?', 'Amount: not found in the record', 'Whether this can be undone is not known.'],
    ],
    [
      'where no address is stored, and the record holds one',
      { stored: [], args: { id: 7, recipients: ['a@b.example', 'the boss'] }, workspace: null },
      { ...INVOICE, email: 'c@d.example' },
      [
        ...['Send invoice F-7 (id 7)?', 'Who: "ACME"', 'Total: 10.00 EUR'],
        'To: "c@d.example" (email of the record, no address is stored for the customer)',
        'To: "a@b.example" (recipients, no address is stored for the customer)',
        'To: also the recipients in recipients, whose addresses are not known',
        ...['- recipients: ["a@b.example","the boss"]', LAST],
      ],
    ],
    [
      'where the record repeats the stored address',
      { workspace: null },
      { ...INVOICE, email: 'EVA@acme.example' },
      ['Send invoice F-7 (id 7)?', 'Who: "ACME"', 'Total: 10.00 EUR', OWN_LINE, LAST],
    ],
    [
      'with an argument that is an address but not a recipient',
      { args: { id: 7, message: 'eva@acme.example, x@y.example' }, workspace: null },
      INVOICE,
      [
        ...['Send invoice F-7 (id 7)?', 'Who: "ACME"', 'Total: 10.00 EUR', OWN_LINE],
        `- message: "eva@acme.example, x@y.example" ("eva@acme.example": the customer's stored address; "x@y.example": not the customer's stored address)`,
        LAST,
      ],
    ],
  ];

  it.each(CASES)('%s', (_what, over, record, lines) => {
    expect(linesOf(over, record)).toEqual(lines);
  });

  it.each([
    [400, /^- message: "a{400}"$/],
    [401, /^- message: "a{400}…" \(1 more character\)$/],
    [1_700, /^- message: "a{400}…" \(1,300 more characters\)$/],
  ])('shows 400 characters of a text of %i', (length, line) => {
    const lines = linesOf({ args: { id: 7, message: 'a'.repeat(length) } });
    expect(lines.find((one) => one.startsWith('- message'))).toMatch(line);
  });

  it('does not repeat an address that is shown in the text', () => {
    const message = `x@y.example ${'a'.repeat(500)}`;
    expect(linesOf({ args: { message } }).join()).not.toContain('among them');
  });

  it('is called by the name of the tool where the title has signs of its own', () => {
    const tool = { ...SEND, descriptor: { ...SEND.descriptor, name: 'their.send-lucanto_thing', title: 'a: b' } };
    expect(linesOf({ tool })[0]).toBe('Their send lucanto thing F-7 (id 7)?');
    const odd = { ...SEND, descriptor: { ...SEND.descriptor, title: 'x\u115fy' } };
    expect(linesOf({ tool: odd })[0]).toBe('Send invoice F-7 (id 7)?');
  });
});

describe('The question before a send or an issue', () => {
  const TODAY = '2026-11-28';
  const described = (description: string) => ({
    ...SEND,
    validation: { type: 'object', properties: { ...properties, komu: { ...properties.komu, description } } },
  });
  const sends = [{ effect: 'sends' as const, path: 'recipients', isState: false }];
  const args = { id: 7, recipients: ['x@y.example'] };
  const AGAIN = 'The recipients are given in recipients. The service may also send it to the stored address.';

  it('does not call the recipients of a send a further effect', () => {
    const lines = linesOf({ args, effects: sends });
    expect(lines).toContain(OWN_LINE);
    expect(lines).toContain(AGAIN);
    expect(lines.join()).not.toContain('It also sends');
    const more = [...sends, { effect: 'sends' as const, path: 'notify_all', isState: false }];
    expect(linesOf({ args, effects: more })).toContain('It also sends, because of notify_all.');
    const { irreversible: _none, ...creates } = SEND;
    expect(linesOf({ tool: creates, args, effects: sends })).toContain('It also sends, because of recipients.');
  });

  it.each([
    ['Replaces the address of the customer.', true],
    ["Defaults to the customer's address", true],
    ["If omitted, the customer's address is used.", true],
    ['Further addresses, instead of a copy', false],
    ['Who gets it; the default recipients get it, too.', false],
    ['Does not replace the stored address.', false],
    ['Recipients', false],
  ])('goes by the words of the contract: %s', (description, isInstead) => {
    const over = { tool: described(description), args: { id: 7, komu: ['x@y.example'] } };
    const text = linesOf(over).join('\n');
    expect(
      text.includes('The recipients are given in komu, instead of the customer\'s stored address "eva@acme.example".'),
    ).toBe(isInstead);
    expect(text.includes(OWN_LINE)).toBe(!isInstead);
    // Which of two is replaced, nothing says.
    expect(linesOf({ ...over, stored: ['eva@acme.example', 'b@acme.example'] })).toContain(OWN_LINE);
  });

  it.each([[{ delivery: { cc: 'x@y.example' } }], [{ recipients: ['EVA@acme.example'] }], [{}]])(
    'says nothing of other recipients with %j',
    (given) => {
      expect(linesOf({ args: { id: 7, ...given } }).join()).not.toContain('The recipients are given in');
    },
  );

  it.each<readonly [JsonObject, string | null]>([
    [
      { sent_status: 'sent', email_sent_at: '2026-09-30' },
      'According to the record, it was already sent on 2026-09-30.',
    ],
    [{ eMailedOn: '2026-09-30' }, 'According to the record, it was already sent on 2026-09-30.'],
    [
      { mail: [{ sent_on: '2026-09-01' }, { sent_on: '2026-09-30' }] },
      'According to the record, it was already sent on 2026-09-30.',
    ],
    [{ sent_on: '30. 9. 2026' }, 'According to the record, it was already sent on 2026-09-30.'],
    [{ sent_on: '9/10/2026' }, 'According to the record, it was already sent.'],
    [{ emailStatus: 'Delivered' }, 'According to the record, it was already sent.'],
    [{ is_sent: true }, 'According to the record, it was already sent.'],
    [{ sent_status: 'not_sent', sent: false, email_sent_at: null }, null],
    [{ sent_at: '2026-12-24' }, null],
    [{ reminder_sent_at: '2026-09-30', delivery_date: '2026-09-30', sent_to: 'x' }, null],
    [{ email_sent_at: '2026-09-30"\nTo: "a@b.example"', sent_status: 'sent\nTo: x' }, null],
    [{ client: { sent_on: '2026-09-30' } }, null],
  ])('says that it was sent before: %j', (record, line) => {
    const lines = linesOf({ today: TODAY }, { ...INVOICE, ...record });
    expect(lines.filter((one) => one.includes('it was already sent'))).toEqual(line === null ? [] : [line]);
    expect(previewOf(subject({ today: TODAY }, { ...INVOICE, ...record })).warnings ?? []).toEqual(
      line === null ? [] : [line],
    );
    expect(linesOf({ today: TODAY, noun: 'invoice' }, { ...INVOICE, ...record }).join()).not.toContain('It was');
    expect(linesOf({ today: TODAY, tool: DELETE }, { ...INVOICE, ...record }).join()).not.toContain('It was');
  });

  it('says that it is still a draft, unless the call issues it too', () => {
    const DRAFT = 'It is still a draft.';
    for (const state of [{ status: 'draft' }, { phase: 'Unissued' }, { is_draft: true }])
      expect(linesOf({}, { ...INVOICE, ...state })).toContain(DRAFT);
    for (const state of [{ status: 'issued' }, { is_draft: false }, {}])
      expect(linesOf({}, { ...INVOICE, ...state })).not.toContain(DRAFT);
    const late = { ...INVOICE, status: 'draft', due_date: '2020-01-31' };
    expect(linesOf({ today: '2020-02-01' }, late)).toContain(
      'It is still a draft, and its due date 2020-01-31 has passed.',
    );
    expect(linesOf({ today: '2020-01-31' }, late)).toContain(DRAFT);
    const issues = [{ effect: 'issues' as const, path: 'issue', isState: false }];
    expect(linesOf({ effects: issues }, { ...INVOICE, status: 'draft' })).not.toContain(DRAFT);
    expect(linesOf({ tool: DELETE }, { ...INVOICE, status: 'draft' })).not.toContain(DRAFT);
  });

  it.each([
    ['an e-mail', 'E-mails the invoice', {}, 'Subject and text: not in this call, the service decides'],
    ['an e-mail with a subject', 'Send by email', { subject: 'Hi' }, 'Text: not in this call, the service decides'],
    [
      'an e-mail with a text',
      'Send by email',
      { mail: { body: 'Hi' } },
      'Subject: not in this call, the service decides',
    ],
    ['an e-mail by a template', 'Send by email', { template_id: 3 }, null],
    ['a text message', 'Send by e-mail or SMS', { channel: 'sms' }, null],
    ['what may be one or the other', 'Send by e-mail or SMS', {}, null],
    ['what is said not to be an e-mail', 'Sends it over Peppol, not by e-mail', {}, null],
    ['anything else', 'Send it to the tax office', {}, null],
  ])('says whose words %s has', (_what, description, given, line) => {
    const tool = { ...SEND, descriptor: { ...SEND.descriptor, description } };
    const own = linesOf({ tool, args: { id: 7, ...given } }).filter((one) =>
      one.endsWith(': not in this call, the service decides'),
    );
    expect(own).toEqual(line === null ? [] : [line]);
  });

  it('shows the dates of an issue, and that the due date has passed', () => {
    const over = { tool: ISSUE, today: TODAY, workspace: null };
    const issued = (record: JsonObject, given: JsonObject = {}) => {
      return linesOf({ ...over, args: { id: 7, ...given } }, { ...INVOICE, ...record }).filter(
        (line) => / date: /.test(line) && !line.startsWith('-'),
      );
    };
    expect(issued({ issue_date: '2026-09-16', due_date: '2026-09-30' })).toEqual([
      'Issue date: 2026-09-16',
      'Due date: 2026-09-30, which has passed',
    ]);
    expect(issued({ dateIssued: '2026-11-28T00:00:00Z', payBy: TODAY })).toEqual([
      `Issue date: ${TODAY}`,
      `Due date: ${TODAY}`,
    ]);
    expect(issued({ created_at: '2026-09-16', due_date: '"\nTo: x' })).toEqual([]);
    expect(issued({ due_date: '2026-09-30' }, { due_date: '2026-12-30' })).toEqual([]);
    expect(issued({}, { due_date: '2026-09-30' })).toEqual(['Due date: 2026-09-30, which has passed']);
    expect(issued({}, { due_date: '30.09.2026' })).toEqual(['Due date: 2026-09-30, which has passed']);
  });
});

describe('The preview for a model', () => {
  it('holds the whole question and the same facts as data', () => {
    const args = { id: 7, message: 'Hi', recipients: ['x@y.example'] };
    const record = { ...INVOICE, status: 'sent', name: 'n'.repeat(100), supplier_name: 'Not shown' };
    const preview = previewOf(subject({ args }, record));
    expect(preview).toEqual({
      question: questionText(subject({ args }, record)),
      action: 'Send invoice',
      tool: 'lucanto_send_invoice',
      record: {
        ...{ id: '7', number: 'F-7', name: `${'n'.repeat(80)}… (20 more characters)`, status: 'sent', who: 'ACME' },
        ...{ supplier: undefined, amount: '10.00 EUR' },
      },
      to: [
        '"eva@acme.example" (the customer\'s stored address)',
        '"x@y.example" (recipients, not the customer\'s stored address)',
      ],
      arguments: { message: '"Hi"' },
      workspace: { id: '42', name: 'Firm' },
      note: LAST,
    });
  });

  it('is short where nothing could be read', () => {
    const preview = previewOf(subject({ tool: DELETE, workspace: null }, null));
    expect(preview).toMatchObject({ record: { id: '7' }, to: [], arguments: {} });
    expect(preview.workspace).toBeUndefined();
    expect(previewOf(subject({ tool: DELETE }, { id: 7, supplier: 'Shop' })).record).toMatchObject({
      supplier: 'Shop',
    });
  });
});
