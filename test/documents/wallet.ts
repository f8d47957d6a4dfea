/** A wallet: bodies that are one of several kinds at their root, changes as lists of operations, credentials of every sort. */
import {
  arrayOf,
  body,
  date,
  documentOf,
  done,
  FORM,
  id,
  inHeader,
  inPath,
  money,
  named,
  object,
  ok,
  parameters,
  query,
  ref,
  rows,
  type TestDocument,
} from './parts.ts';

const amount = object({ currency_code: { type: 'string', minLength: 3, maxLength: 3 }, value: money }, [
  'currency_code',
  'value',
]);
const change = object(
  { op: { type: 'string', enum: ['add', 'replace', 'remove'] }, path: { type: 'string' }, value: {} },
  ['op', 'path'],
);
const kind = (name: string) => ({ type: 'string', enum: [name] });
const address = object({ street: { type: 'string' }, country: { type: 'string', pattern: '^[A-Z]{2}$' } }, [
  'street',
  'country',
]);

export const wallet: TestDocument = {
  name: 'wallet',
  base: '/rest',
  document: documentOf(
    {
      '/v2/invoicing/invoices': {
        get: named(
          'invoices.list',
          parameters(
            query('page', { type: 'integer', minimum: 1, maximum: 1000 }),
            query('page_size', { type: 'integer', minimum: 1, maximum: 100 }),
            query('total_required', { type: 'boolean' }),
            query('fields'),
          ),
          rows(object({ id, status: { type: 'string' } })),
        ),
        post: named(
          'invoices.create',
          body(
            object(
              {
                detail: object(
                  {
                    invoice_number: { type: 'string', maxLength: 25 },
                    currency_code: { type: 'string' },
                    invoice_date: date,
                  },
                  ['currency_code'],
                ),
                amount,
                items: arrayOf(
                  object({ name: { type: 'string' }, quantity: { type: 'string' }, unit_amount: amount }, [
                    'name',
                    'quantity',
                    'unit_amount',
                  ]),
                ),
              },
              ['detail'],
            ),
          ),
          ok(object({ id }), 201),
        ),
      },
      '/v2/invoicing/invoices/{invoice_id}': {
        parameters: [inPath('invoice_id')],
        get: named('invoices.get', ok(object({ id }))),
        put: named(
          'invoices.update',
          parameters(query('send_to_recipient', { type: 'boolean' })),
          body(object({ detail: object({ currency_code: { type: 'string' } }, ['currency_code']) }, ['detail'])),
          ok(object({ id })),
        ),
        patch: named('invoices.patch', body(arrayOf(change)), done),
        delete: named('invoices.delete', done),
      },
      '/v2/invoicing/generate-next-invoice-number': {
        post: named('invoicing.generate-next-invoice-number', ok(object({ invoice_number: { type: 'string' } }))),
      },
      '/v2/invoicing/search-invoices': {
        post: named(
          'invoices.search-invoices',
          parameters(query('page', { type: 'integer' })),
          body(object({ recipient_email: { type: 'string', format: 'email' }, status: arrayOf({ type: 'string' }) })),
          rows(object({ id })),
        ),
      },
      '/v1/payouts/recipients': {
        post: named(
          'recipients.create',
          body({
            oneOf: [ref('Iban'), ref('SortCode'), ref('Wallet')],
            discriminator: {
              propertyName: 'type',
              mapping: {
                iban: '#/components/schemas/Iban',
                sort_code: '#/components/schemas/SortCode',
                wallet: '#/components/schemas/Wallet',
              },
            },
          }),
          ok(object({ id }), 201),
        ),
      },
      '/v1/payouts/recipients/{recipient_id}/verifications': {
        post: named(
          'recipients.verify',
          parameters(inPath('recipient_id')),
          body({
            anyOf: [
              object({ method: kind('sms'), phone: { type: 'string' } }, ['method', 'phone']),
              object({ method: kind('letter'), address }, ['method', 'address']),
            ],
          }),
          ok(object({ id })),
        ),
      },
      '/v1/payouts/instructions': {
        post: named(
          'instructions.create',
          body({ oneOf: [ref('Transfer'), ref('Refund')], discriminator: { propertyName: 'instruction' } }),
          ok(object({ id })),
        ),
      },
      '/v1/notifications/webhooks': {
        get: named('webhooks.list', rows(object({ id, url: { type: 'string' } }))),
        post: named(
          'webhooks.create',
          body(
            object(
              {
                url: { type: 'string', format: 'uri', maxLength: 2048 },
                event_types: arrayOf(object({ name: { type: 'string' } }, ['name'])),
              },
              ['url', 'event_types'],
            ),
          ),
          ok(object({ id }), 201),
        ),
      },
      '/v1/oauth2/token': {
        post: named(
          'token.get',
          { security: [{ basic: [] }] },
          body(object({ grant_type: { type: 'string', enum: ['client_credentials'] } }, ['grant_type']), FORM),
          ok(object({ access_token: { type: 'string' } })),
        ),
      },
      '/v1/identity/sessions': {
        post: named('sessions.create', { security: [{ key: [], device: [] }] }, ok(object({ id }))),
      },
      '/v1/identity/userinfo': {
        get: named(
          'userinfo.get',
          parameters(query('schema', { type: 'string', enum: ['paypalish'] }, { required: true })),
          ok(object({ user_id: id })),
        ),
      },
      '/v1/risk/scores': { get: named('scores.list', { security: [{ device: [] }] }, rows(object({ id }))) },
      '/v1/reports/statement': { get: named('statement.get', { security: [{ session: [] }] }, ok(object({ id }))) },
      '/v1/status': { get: named('status.get', { security: [] }, ok(object({ up: { type: 'boolean' } }))) },
      '/v1/users/login': {
        post: named(
          'users.login',
          { security: [] },
          body(object({ email: { type: 'string' }, password: { type: 'string' } })),
          ok(object({ token: { type: 'string' } })),
        ),
      },
      '/v1/merchants/keys': {
        get: named('keys.list', parameters(inHeader('X-Merchant-Api-Key')), rows(object({ id }))),
      },
      '/v1/merchants/balances': {
        get: named('balances.list', parameters(inHeader('X-Merchant-Reference')), rows(object({ id }))),
      },
    },
    {
      servers: [
        {
          url: 'https://{environment}.wallet.example/rest',
          variables: { environment: { default: 'live', enum: ['live', 'sandbox'] } },
        },
      ],
      components: {
        securitySchemes: {
          basic: { type: 'http', scheme: 'basic' },
          device: { type: 'apiKey', in: 'header', name: 'X-Device-Key' },
          session: { type: 'apiKey', in: 'cookie', name: 'session' },
        },
        schemas: {
          Iban: object(
            {
              type: { type: 'string' },
              holder: { type: 'string' },
              iban: { type: 'string', pattern: '^[A-Z]{2}\\d{2}[A-Z0-9]{4,30}$' },
            },
            ['type', 'iban'],
          ),
          SortCode: object(
            {
              type: { type: 'string' },
              holder: { type: 'string' },
              sort_code: { type: 'string', pattern: '^\\d{6}$' },
              account_number: { type: 'string' },
            },
            ['type', 'sort_code', 'account_number'],
          ),
          Wallet: {
            allOf: [
              object({ type: { type: 'string' } }, ['type']),
              object({ email: { type: 'string', format: 'email' } }, ['email']),
            ],
          },
          Transfer: {
            ...object({ instruction: { type: 'string' }, amount, reference: { type: 'string' } }, [
              'instruction',
              'amount',
            ]),
            additionalProperties: false,
          },
          Refund: {
            ...object({ instruction: { type: 'string' }, payment_id: id }, ['instruction', 'payment_id']),
            additionalProperties: false,
          },
        },
      },
    },
  ),
};
