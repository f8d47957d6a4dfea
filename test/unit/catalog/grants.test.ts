import { describe, expect, it } from 'vitest';
import { Grants } from '../../../src/catalog/grants.ts';
import type { Tier } from '../../../src/core/tool.ts';

type Seen = NonNullable<ConstructorParameters<typeof Grants>[0]['catalogue']>[number];

function tool(name: string, tier: Tier, resource: string | null): Seen {
  const readOnly = tier === 'read';
  return {
    tier,
    scopes: resource === null ? [] : [`${tier}:${resource}`],
    descriptor: {
      name,
      title: name,
      description: '',
      inputSchema: {},
      annotations: {
        title: name,
        readOnlyHint: readOnly,
        destructiveHint: !readOnly,
        idempotentHint: readOnly,
        openWorldHint: false,
      },
    },
  };
}

const listInvoices = tool('lucanto_list_invoices', 'read', 'invoices');
const createInvoice = tool('lucanto_create_invoice', 'write', 'invoices');
const deleteInvoice = tool('lucanto_delete_invoice', 'manage', 'invoices');
const listQuotes = tool('lucanto_list_quotes', 'read', 'quotes');
const createQuote = tool('lucanto_create_quote', 'write', 'quotes');
const listWorkspaces = tool('lucanto_list_workspaces', 'read', null);
const setDefault = tool('lucanto_set_default_workspace', 'manage', 'workspaces');

function grants(evidence: Partial<ConstructorParameters<typeof Grants>[0]>): Grants {
  return new Grants({ catalogue: null, readable: [], claimed: [], ...evidence });
}

describe('what a token may see', () => {
  it('is only reading while its catalogue was never seen', () => {
    const unseen = grants({});
    expect(unseen.reasonAgainst(listInvoices)).toBeNull();
    expect(unseen.reasonAgainst(listWorkspaces)).toBeNull();
    expect(unseen.reasonAgainst(createInvoice)).toContain('never seen');
  });

  it('is what the user says while its catalogue was never seen', () => {
    const claimed = grants({ claimed: ['manage:invoices'] });
    expect(claimed.reasonAgainst(deleteInvoice)).toBeNull();
    expect(claimed.reasonAgainst(listQuotes)).toContain('read:quotes');
  });

  it('is the highest tier that the catalogue shows for a resource, and what lies below', () => {
    const writer = grants({ catalogue: [createInvoice] });
    expect(writer.reasonAgainst(listInvoices)).toBeNull();
    expect(writer.reasonAgainst(createInvoice)).toBeNull();
    expect(writer.reasonAgainst(deleteInvoice)).toContain('write:invoices');
  });

  it('is not what the user claims for a resource that the catalogue speaks of', () => {
    const reader = grants({ catalogue: [listInvoices], claimed: ['manage:invoices'] });
    expect(reader.reasonAgainst(deleteInvoice)).toContain('needs manage:invoices');
  });

  it('is reading for a resource that the catalogue never mentions but whose list answered', () => {
    const probed = grants({ catalogue: [deleteInvoice], readable: ['quotes'] });
    expect(probed.reasonAgainst(listQuotes)).toBeNull();
    expect(probed.reasonAgainst(createQuote)).toContain('--scopes write:quotes');
  });

  it('grows by wildcards for resources that the catalogue never mentions', () => {
    const claimed = grants({ catalogue: [listInvoices], claimed: ['manage:*'] });
    expect(claimed.reasonAgainst(createQuote)).toBeNull();
    expect(claimed.reasonAgainst(setDefault)).toBeNull();
  });

  it('learns nothing from a tool that needs no scope', () => {
    const reader = grants({ catalogue: [listWorkspaces, listInvoices], claimed: ['manage:workspaces'] });
    expect(reader.reasonAgainst(setDefault)).toBeNull();
    expect(reader.scopes()).toEqual(['manage:workspaces', 'read:invoices']);
  });

  it('is every tool that the catalogue lists by name, whatever its tier', () => {
    expect(grants({ catalogue: [setDefault] }).reasonAgainst(setDefault)).toBeNull();
  });
});
