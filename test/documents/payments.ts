/** A payment service: bodies are forms with brackets, every GET may have a body, files are on another host. */
import {
  arrayOf,
  body,
  documentOf,
  done,
  FORM,
  id,
  inPath,
  named,
  object,
  ok,
  parameters,
  query,
  ref,
  rows,
  type TestDocument,
} from './parts.ts';

const deep = { style: 'deepObject', explode: true };
const emptyForm = { requestBody: { required: false, content: { [FORM]: { schema: object({}) } } } };
const address = object({
  line1: { type: 'string' },
  city: { type: 'string' },
  country: { type: 'string', maxLength: 2 },
});
const metadata = { type: 'object', additionalProperties: { type: 'string' } };
const expand = query('expand', arrayOf({ type: 'string' }), deep);
const created = query(
  'created',
  { anyOf: [object({ gte: { type: 'integer' }, lt: { type: 'integer' } }), { type: 'integer' }] },
  deep,
);
const page = [query('limit', { type: 'integer' }), query('starting_after'), expand];
const customerBody = body(
  object({
    name: { type: 'string' },
    email: { type: 'string', maxLength: 512 },
    address,
    metadata,
    preferred_locales: arrayOf({ type: 'string' }),
    balance: { type: 'integer' },
    tax_ids: arrayOf(
      object({ type: { type: 'string', enum: ['eu_vat', 'gb_vat'] }, value: { type: 'string' } }, ['type', 'value']),
    ),
  }),
  FORM,
  { address: deep, metadata: deep, preferred_locales: deep, tax_ids: deep },
);
const invoiceBody = body(
  object(
    {
      customer: { type: 'string' },
      auto_advance: { type: 'boolean' },
      days_until_due: { type: 'integer' },
      custom_fields: arrayOf(object({ name: { type: 'string' }, value: { type: 'string' } }, ['name', 'value'])),
      default_tax_rates: arrayOf({ type: 'string' }),
      rendering: object({
        pdf: object({ page_size: { type: 'string', enum: ['a4', 'letter'] } }),
        template: { type: 'string' },
      }),
      metadata,
    },
    ['customer'],
  ),
  FORM,
  { custom_fields: deep, default_tax_rates: deep, rendering: deep, metadata: deep },
);

export const payments: TestDocument = {
  name: 'payments',
  base: '',
  document: documentOf(
    {
      '/v1/customers': {
        get: named('GetCustomers', parameters(...page, created, query('email')), emptyForm, rows(ref('customer'))),
        post: named('PostCustomers', customerBody, ok(ref('customer'))),
      },
      '/v1/customers/{customer}': {
        parameters: [inPath('customer')],
        get: named('GetCustomersCustomer', parameters(expand), emptyForm, ok(ref('customer'))),
        post: named('PostCustomersCustomer', customerBody, ok(ref('customer'))),
        delete: named('DeleteCustomersCustomer', emptyForm, ok(object({ id, deleted: { type: 'boolean' } }))),
      },
      '/v1/customers/{customer}/balance_transactions': {
        parameters: [inPath('customer')],
        get: named('GetCustomersCustomerBalanceTransactions', parameters(...page), emptyForm, rows(object({ id }))),
        post: named(
          'PostCustomersCustomerBalanceTransactions',
          body(object({ amount: { type: 'integer' }, currency: { type: 'string' } }, ['amount', 'currency']), FORM),
          ok(object({ id })),
        ),
      },
      '/v1/invoices': {
        get: named(
          'GetInvoices',
          parameters(...page, created, query('status', { type: 'string', enum: ['draft', 'open', 'paid', 'void'] })),
          emptyForm,
          rows(ref('invoice')),
        ),
        post: named('PostInvoices', invoiceBody, ok(ref('invoice'))),
      },
      '/v1/invoices/create_preview': {
        post: named('PostInvoicesCreatePreview', body(object({ customer: id }), FORM), ok(ref('invoice'))),
      },
      '/v1/invoices/{invoice}': {
        parameters: [inPath('invoice')],
        get: named('GetInvoicesInvoice', emptyForm, ok(ref('invoice'))),
        post: named('PostInvoicesInvoice', invoiceBody, ok(ref('invoice'))),
        delete: named('DeleteInvoicesInvoice', emptyForm, ok(object({ id }))),
      },
      '/v1/invoices/{invoice}/finalize': {
        post: named('PostInvoicesInvoiceFinalize', parameters(inPath('invoice')), emptyForm, ok(ref('invoice'))),
      },
      '/v1/invoices/{invoice}/void': {
        post: named('PostInvoicesInvoiceVoid', parameters(inPath('invoice')), emptyForm, ok(ref('invoice'))),
      },
      '/v1/checkout/sessions': {
        get: named(
          'GetCheckoutSessions',
          parameters(...page),
          emptyForm,
          rows(object({ id, url: { type: 'string' } })),
        ),
        post: named(
          'PostCheckoutSessions',
          body(
            object(
              {
                success_url: { type: 'string', format: 'uri' },
                line_items: arrayOf(object({ price: { type: 'string' }, quantity: { type: 'integer' } })),
                phone_number_collection: object({ enabled: { type: 'boolean' } }),
              },
              ['line_items'],
            ),
            FORM,
            { line_items: deep, phone_number_collection: deep },
          ),
          ok(object({ id, url: { type: 'string' } })),
        ),
      },
      '/v1/payment_method_configurations/{configuration}/domain_registrations/{registration}/verification_attempts': {
        post: named(
          'PostPaymentMethodConfigurationsConfigurationDomainRegistrationsRegistrationVerificationAttempts',
          parameters(inPath('configuration'), inPath('registration')),
          emptyForm,
          ok(object({ id })),
        ),
      },
      '/v1/tokens/{token}': {
        get: named('GetTokensToken', parameters(inPath('token')), emptyForm, ok(object({ id }))),
      },
      '/v1/files': {
        get: named('GetFiles', parameters(...page), emptyForm, rows(object({ id }))),
        post: named(
          'PostFiles',
          { servers: [{ url: 'https://files.payments.example/' }] },
          body(
            object({ file: { type: 'string', format: 'binary' }, purpose: { type: 'string' } }, ['file', 'purpose']),
            'multipart/form-data',
          ),
          ok(object({ id })),
        ),
      },
      '/v1/account_sessions': {
        post: named(
          'PostAccountSessions',
          body(object({ account: { type: 'string' } }, ['account']), FORM),
          ok(object({ client_secret: { type: 'string' } })),
        ),
      },
      '/v1/subscriptions/{subscription}/discount': {
        delete: named('DeleteSubscriptionsSubscriptionDiscount', parameters(inPath('subscription')), done),
      },
    },
    {
      servers: [{ url: 'https://api.payments.example/' }],
      security: [{ basic: [] }, { key: [] }],
      components: {
        securitySchemes: { basic: { type: 'http', scheme: 'basic' } },
        schemas: {
          customer: object({ id, name: { type: 'string' }, email: { type: 'string' }, balance: { type: 'integer' } }),
          invoice: object({
            id,
            number: { type: 'string' },
            status: { type: 'string' },
            total: { type: 'integer' },
            currency: { type: 'string' },
          }),
        },
      },
    },
  ),
};
