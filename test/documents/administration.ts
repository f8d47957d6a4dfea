/** Bookkeeping by administrations: the tenant leads every path, records are in wrappers, paths end in `.json`. */
import {
  arrayOf,
  body,
  date,
  documentOf,
  done,
  id,
  inPath,
  money,
  named,
  object,
  ok,
  parameters,
  query,
  ref,
  type TestDocument,
} from './parts.ts';

const tenant = inPath('administration_id');
const formatted = (schema: object) => ok(schema);

function records(plural: string, singular: string, schema: object): object {
  return {
    [`/{administration_id}/${plural}.json`]: {
      parameters: [tenant],
      get: named(
        `get_${plural}`,
        parameters(
          query('filter'),
          query('per_page', { type: 'integer', maximum: 100 }),
          query('page', { type: 'integer' }),
        ),
        formatted(arrayOf(schema)),
      ),
      post: named(`post_${plural}`, body(object({ [singular]: schema }, [singular])), formatted(schema)),
    },
    [`/{administration_id}/${plural}/{id}.json`]: {
      parameters: [tenant, inPath('id')],
      get: named(`get_${plural}_id`, formatted(schema)),
      patch: named(`patch_${plural}_id`, body(object({ [singular]: schema }, [singular])), formatted(schema)),
      delete: named(`delete_${plural}_id`, done),
    },
  };
}

export const administration: TestDocument = {
  name: 'administration',
  base: '/api/v2',
  document: documentOf(
    {
      '/administrations.json': {
        get: named('get_administrations', formatted(arrayOf(object({ id, name: { type: 'string' } })))),
      },
      ...records('contacts', 'contact', ref('contact')),
      ...records('sales_invoices', 'sales_invoice', ref('sales_invoice')),
      ...records('products', 'product', object({ title: { type: 'string' }, price: money })),
      ...records('tax_rates', 'tax_rate', object({ name: { type: 'string' }, percentage: { type: 'string' } })),
      '/{administration_id}/sales_invoices/{id}/send_invoice.json': {
        patch: named(
          'patch_sales_invoices_id_send_invoice',
          parameters(tenant, inPath('id')),
          {
            requestBody: {
              content: {
                'application/json': {
                  schema: object({
                    sales_invoice_sending: object({
                      delivery_method: { type: 'string', enum: ['Email', 'Post'] },
                      email_address: { type: 'string', format: 'email' },
                    }),
                  }),
                },
              },
            },
          },
          formatted(ref('sales_invoice')),
        ),
      },
      '/{administration_id}/sales_invoices/{id}/payments.json': {
        post: named(
          'post_sales_invoices_id_payments',
          parameters(tenant, inPath('id')),
          body(
            object({ payment: object({ payment_date: date, price: money }, ['payment_date', 'price']) }, ['payment']),
          ),
          formatted(object({ id })),
        ),
      },
      '/{administration_id}/sales_invoices/{id}/attachments.json': {
        post: named(
          'post_sales_invoices_id_attachments',
          parameters(tenant, inPath('id')),
          body(object({ file: { type: 'string', format: 'binary' } }, ['file']), 'multipart/form-data'),
          done,
        ),
      },
      '/{administration_id}/sales_invoices/synchronization.json': {
        parameters: [tenant],
        get: named(
          'get_sales_invoices_synchronization',
          formatted(arrayOf(object({ id, version: { type: 'integer' } }))),
        ),
        post: named(
          'post_sales_invoices_synchronization',
          body(object({ ids: arrayOf({ type: 'string' }) }, ['ids'])),
          formatted(arrayOf(ref('sales_invoice'))),
        ),
      },
      '/{administration_id}/ledger_accounts.json': {
        get: named('get_ledger_accounts', parameters(tenant), formatted(arrayOf(object({ id })))),
      },
    },
    {
      openapi: '3.1.0',
      servers: [{ url: '/api/v2' }],
      components: {
        schemas: {
          contact: object({
            company_name: { type: ['string', 'null'] },
            firstname: { type: ['string', 'null'] },
            email: { type: 'string', format: 'email' },
            custom_fields_attributes: {
              type: 'object',
              additionalProperties: object({ id: { type: 'integer' }, value: { type: 'string' } }),
            },
          }),
          sales_invoice: object({
            contact_id: id,
            reference: { type: 'string' },
            invoice_date: date,
            details_attributes: arrayOf(
              object({
                id: { type: 'integer' },
                description: { type: 'string' },
                price: money,
                _destroy: { type: 'boolean' },
              }),
            ),
          }),
        },
      },
    },
  ),
};
