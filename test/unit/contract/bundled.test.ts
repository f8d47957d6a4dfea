import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { describe, expect, test } from 'vitest';
import { bundledDocument, GENERATIONS, withGeneration } from '../../../src/contract/bundled-contract.ts';
import { compileContract } from '../../../src/contract/compile.ts';
import { WORDS } from '../../../src/contract/curated-words.ts';
import { portabilityProblems } from '../../helpers/portability.ts';

/** lucanto-api.md section 8. */
const DOCUMENTED = {
  read: ['list_workspaces', 'list_invoices', 'get_invoice', 'list_contacts', 'get_invoice_pdf_url'],
  write: ['create_invoice', 'update_invoice', 'create_contact'],
  manage: ['issue_invoice', 'mark_invoice_paid', 'send_invoice', 'delete_invoice'],
};

describe.each(GENERATIONS)('the bundled document in the generation of %s', (generation) => {
  const { operations, leftOut } = compileContract(withGeneration(bundledDocument, generation));

  test('compiles without a warning', () => {
    expect(leftOut).toEqual([]);
  });

  test('has the twelve documented tools in their tiers', () => {
    for (const [tier, names] of Object.entries(DOCUMENTED)) {
      for (const name of names) {
        expect(operations.find(({ tool }) => tool === `lucanto_${name}`)).toMatchObject({ tier });
      }
    }
  });

  test('tells the truth about sending and deleting', () => {
    const find = (name: string): unknown => operations.find(({ tool }) => tool === name);
    expect(find('lucanto_send_invoice')).toMatchObject({ destructive: true, openWorld: true });
    expect(find('lucanto_delete_invoice')).toMatchObject({ destructive: true, openWorld: false, idempotent: true });
    expect(find('lucanto_set_default_workspace')).toMatchObject({ destructive: false, idempotent: true });
  });

  test('wraps bodies as the document says', () => {
    const wrappers = Object.fromEntries(operations.map(({ tool, body }) => [tool, body?.wrapper]));
    expect(wrappers).toMatchObject({
      lucanto_create_invoice: 'invoice',
      lucanto_create_bank_account: 'bank_account',
      lucanto_update_credit_note: 'document',
    });
  });

  test('is portable throughout and checkable by Ajv', () => {
    const ajv = new Ajv2020({ strict: false });
    addFormats.default(ajv);
    for (const { tool, description, inputSchema, validation } of operations) {
      expect([tool, ...portabilityProblems(inputSchema)]).toEqual([tool]);
      expect(description.length).toBeLessThanOrEqual(400);
      ajv.compile(validation);
    }
  });

  test('asks for a workspace by one name, and never demands it', () => {
    for (const { workspace, inputSchema } of operations) {
      const names = Object.keys(Object(inputSchema.properties));
      expect(names.includes('workspace_id')).toBe(workspace !== null);
      expect(names).not.toContain('account_id');
      expect(inputSchema.required ?? []).not.toContain('workspace_id');
    }
  });
});

test('both generations give the same tools', () => {
  const [older, newer] = GENERATIONS.map((generation) =>
    compileContract(withGeneration(bundledDocument, generation)).operations.map((operation) => ({
      ...operation,
      path: null,
      workspace: null,
      parameters: operation.parameters.map((parameter) => ({ ...parameter, name: null })),
    })),
  );
  expect(newer).toEqual(older);
});

test('curated words are short and say what the tool does', () => {
  for (const [tool, { description }] of WORDS) {
    expect(tool).toMatch(/^lucanto_[a-z_]{1,32}$/);
    expect(description.length).toBeLessThanOrEqual(200);
    expect(description).toMatch(/\.$/);
  }
});
