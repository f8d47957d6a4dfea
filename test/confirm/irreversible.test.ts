/** Which operations and remote tools a person is asked about. */
import { describe, expect, it } from 'vitest';
import { irreversibleRemote } from '../../src/contract/effects.ts';
import type { HttpMethod } from '../../src/contract/operation.ts';
import { compiled, RECORD, ROWS } from '../helpers/documents.ts';

const OPERATIONS: readonly (readonly [HttpMethod, string, string | undefined])[] = [
  ['DELETE', '/invoices/{id}', 'deletes'],
  ['DELETE', '/projects/{project_id}/tasks/{id}', 'deletes'],
  ['DELETE', '/invoices/{id}/lock', 'deletes'],
  ['POST', '/invoices/bulk_delete', 'deletes'],
  ['POST', '/invoices/{id}/void', 'deletes'],
  ['POST', '/invoices/{id}/issue', 'issues'],
  ['PUT', '/invoices/{id}/finalize', 'issues'],
  ['POST', '/invoices/{id}/send_by_email', 'sends'],
  ['PUT', '/invoices/{id}/remind', 'sends'],
  ['POST', '/invoices/{id}/email', 'sends'],
  ['POST', '/vat_returns/{id}/submit', 'sends'],
  ['POST', '/invoices/{id}/reminders', 'sends'],
  ['POST', '/invoices/{id}/mark_paid_and_send', 'sends'],
  ['POST', '/invoices/{id}/obliterate', 'unknown'],
  ['POST', '/invoices/{id}/reset', 'unknown'],
  ['GET', '/invoices/{id}', undefined],
  ['GET', '/invoices/{id}/pdf_url', undefined],
  ['POST', '/invoices', undefined],
  ['PATCH', '/invoices/{id}', undefined],
  ['PUT', '/invoices/{id}', undefined],
  ['POST', '/invoices/{id}/payments', undefined],
  ['PUT', '/invoices/{id}/mark_as_paid', undefined],
  ['POST', '/invoices/{id}/mark_sent', undefined],
  ['POST', '/quotes/{id}/accept', undefined],
  ['POST', '/projects/{id}/archive', undefined],
  ['POST', '/invoices/{id}/duplicate', undefined],
  ['POST', '/contacts/search', undefined],
];

describe('an operation of the contract', () => {
  it.each(OPERATIONS)('%s %s: %s', (method, path, expected) => {
    const own = `/workspaces/{workspace_id}${path}`;
    const collection = own.split('/').slice(0, 4).join('/');
    const paths = [
      [collection, { get: ROWS }],
      [`${collection}/{id}`, { get: RECORD }],
    ];
    const all: Record<string, object> = Object.fromEntries(paths);
    const operations = compiled({ ...all, [own]: { ...all[own], [method.toLowerCase()]: RECORD } });
    const operation = operations.find((one) => one.method === method && one.path.endsWith(path));
    if (operation === undefined) throw new Error(`no operation among ${operations.map(({ path }) => path)}`);
    expect([operation.tool, operation.irreversible]).toEqual([operation.tool, expected]);
  });
});

type Hints = { readonly readOnly?: boolean; readonly destructive?: boolean; readonly openWorld?: boolean };
const REMOTE: readonly (readonly [string, Hints, string | undefined])[] = [
  ['delete_invoice', {}, 'deletes'],
  ['delete_invoice', { destructive: false }, 'deletes'],
  ['cancel_subscription', { destructive: false }, 'deletes'],
  ['issue_invoice', { destructive: false }, 'issues'],
  ['send_invoice', { destructive: false }, 'sends'],
  ['submit_vat_return', {}, 'sends'],
  ['ping_partner', { openWorld: true, destructive: false }, 'sends'],
  ['reconcile_payments', {}, 'unknown'],
  ['obliterate_contact', {}, 'unknown'],
  ['obliterate_contact', { destructive: false }, 'unknown'],
  ['delete_drafts_preview', { readOnly: true }, undefined],
  ['create_invoice', {}, undefined],
  ['update_post', {}, undefined],
  ['add_reminder', {}, undefined],
  ['mark_invoice_paid', {}, undefined],
  ['accept_quote', {}, undefined],
  ['archive_project', {}, undefined],
];

describe('a tool of the remote endpoint', () => {
  it.each(REMOTE)('%s %o: %s', (words, hints, expected) => {
    const given = { readOnly: false, destructive: true, openWorld: false, ...hints };
    expect(irreversibleRemote(words, [], given)).toBe(expected);
  });
});
