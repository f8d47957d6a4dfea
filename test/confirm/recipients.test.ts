/** Which texts are addresses, which arguments are recipients, and which addresses a record keeps. */
import { describe, expect, it } from 'vitest';
import {
  addressesAmong,
  addressesIn,
  isStored,
  isUnusual,
  recipientsOf,
  storedAddresses,
} from '../../src/confirm/recipients.ts';

describe('A text consists of addresses', () => {
  const lone = (...addresses: string[]) => addresses.map((address) => ({ address, name: null }));
  it.each([
    ['a@b.example', lone('a@b.example')],
    [' <a@b.example> ', lone('a@b.example')],
    [
      'a@b.example,c@d.example;e@f.example\r\ng@h.example',
      lone('a@b.example', 'c@d.example', 'e@f.example', 'g@h.example'),
    ],
    ['a@b.example ;, ;  c@d.example', lone('a@b.example', 'c@d.example')],
    ['a@b.example   c@d.example', lone('a@b.example', 'c@d.example')],
    ['Eva <a@b.example>', [{ address: 'a@b.example', name: 'Eva' }]],
    ['"Eva "M" Malá" <a@b.example>', [{ address: 'a@b.example', name: 'Eva "M" Malá' }]],
    ["'Eva'<a@b.example>, c@d.example", [{ address: 'a@b.example', name: 'Eva' }, ...lone('c@d.example')]],
    ['a＠b.example', lone('a＠b.example')],
    ['', null],
    [' ; ', null],
    ['Eva', null],
    ['mail a@b.example', null],
    ['a@b.example, Eva', null],
    ['a@', null],
    ['@b', null],
    ['a@b@c', null],
  ])('or not: %j', (text, expected) => {
    expect(addressesIn(text)).toEqual(expected);
  });

  it('or has some among others', () => {
    expect(addressesAmong('to: a@b.example (or <c@d.example>), not @x')).toEqual(['a@b.example', 'c@d.example']);
    expect(addressesAmong('none')).toEqual([]);
  });
});

describe('The recipients of a call', () => {
  const mail = { type: 'string', format: 'email' };
  const text = { type: 'string' };
  const found = (properties: object, args: Record<string, unknown>) =>
    recipientsOf(args, { type: 'object', properties }).map(({ address, path }) => `${path}=${address}`);

  it.each([
    ['a format', { x: mail }, { x: 'a@b.c' }, ['x=a@b.c']],
    ['an international format', { x: { ...text, format: 'idn-email' } }, { x: 'a@b.c' }, ['x=a@b.c']],
    ['another format', { x: { ...text, format: 'uri' } }, { x: 'a@b.c' }, []],
    ['no format', { x: text }, { x: 'a@b.c' }, []],
    [
      'the addresses of a kind',
      { cc_addresses: text, to_1: text },
      { cc_addresses: 'a@b.c', to_1: 'd@e.f' },
      ['cc_addresses=a@b.c', 'to_1=d@e.f'],
    ],
    [
      'people who are invited',
      { invitees: { type: 'array', items: text } },
      { invitees: ['a@b.c'] },
      ['invitees=a@b.c'],
    ],
    ['a hidden copy', { blind_copy: text }, { blind_copy: 'a@b.c' }, ['blind_copy=a@b.c']],
    [
      'a number for messages',
      { to: text, phone: text },
      { to: '+421 900 123 456', phone: '0900/123456' },
      ['to=+421 900 123 456', 'phone=0900/123456'],
    ],
    ['a date in the place of one', { to: text }, { to: '2026-11-28' }, []],
    ['a local date in the place of one', { to: text }, { to: '28. 11. 2026' }, []],
    [
      'a number in something else of a recipient',
      { recipients: { type: 'array', items: { type: 'object' } } },
      { recipients: [{ ref: '1234567', at: 'a@b.c' }] },
      ['recipients.at=a@b.c'],
    ],
    ['the format of items', { x: { type: 'array', items: mail } }, { x: ['a@b.c'] }, ['x=a@b.c']],
    ['the format of items, for one text', { x: { type: 'array', items: mail } }, { x: 'a@b.c' }, ['x=a@b.c']],
    ['the format in a branch', { x: { anyOf: [{ type: 'null' }, { oneOf: [mail] }] } }, { x: 'a@b.c' }, ['x=a@b.c']],
    [
      'items in a branch',
      { x: { allOf: [{ items: { properties: { y: mail } } }] } },
      { x: [{ y: 'a@b.c' }] },
      ['x.y=a@b.c'],
    ],
    ['members in a branch', { x: { oneOf: [{ properties: { y: mail } }] } }, { x: { y: 'a@b.c' } }, ['x.y=a@b.c']],
    ['a name', { cc: text }, { cc: 'a@b.c' }, ['cc=a@b.c']],
    [
      'a name in other spelling',
      { invoiceRecipients: {} },
      { invoiceRecipients: ['a@b.c'] },
      ['invoiceRecipients=a@b.c'],
    ],
    ['names for addresses', { recipients: {} }, { recipients: { 'a@b.c': 'Eva' } }, ['recipients=a@b.c']],
    ['members of recipients', { to: {} }, { to: [{ mail: 'a@b.c', name: 'Eva' }] }, ['to.mail=a@b.c']],
    ['who sends', { from: text, reply_to: mail }, { from: 'a@b.c', reply_to: 'a@b.c' }, []],
    ['what the document does not know', {}, { to: 'a@b.c' }, []],
    ['a member that the document does not know', { x: {} }, { x: { to: 'a@b.c' } }, []],
    ['an inherited name', {}, { constructor: 'a@b.c' }, []],
    ['no text', { to: {} }, { to: 7 }, []],
  ])('are told by %s', (_what, properties, args, expected) => {
    expect(found(properties, args)).toEqual(expected);
  });

  it('are none without a description of the arguments', () => {
    expect(recipientsOf({ to: 'a@b.c' }, {})).toEqual([]);
    expect(recipientsOf({ to: 'a@b.c' }, { anyOf: [null, 7] })).toEqual([]);
  });
});

describe('The addresses of a record', () => {
  it('are those of its fields for them, two objects deep', () => {
    const record = {
      ...{ email: 'a@b.c', billing_emails: ['d@e.f', 7, 'none'], email_sent_at: 'x@y.z', note: 'x@y.z' },
      legal: { eMail: 'g@h.i', more: { e_mail_address: 'j@k.l', most: { email: 'x@y.z' } } },
    };
    expect(storedAddresses(record).map(({ address, path }) => `${path}=${address}`)).toEqual([
      ...['email=a@b.c', 'billing_emails=d@e.f', 'legal.eMail=g@h.i', 'legal.more.e_mail_address=j@k.l'],
    ]);
  });

  it('are compared without regard to case and spaces', () => {
    expect(isStored(' A@b.C', ['x@y.z', 'a@B.c '])).toBe(true);
    expect(isStored('a@b.d', ['x@y.z', 'a@b.c'])).toBe(false);
    expect(isStored('a@b.c', [])).toBe(false);
  });

  it.each([
    ['a@b.c', false],
    ['a_b+c@d.e', false],
    ['a*b@c.d', true],
    ['á@b.c', true],
    ['a@b\u200b.c', true],
  ])('are unusual or not: %s', (address, expected) => {
    expect(isUnusual(address)).toBe(expected);
  });
});
