import { type JsonObject, objectIn } from '../core/json.ts';
import { DOCUMENTS, type Row, type Store, type StoreCollection } from './data/store.ts';
import { listOf, stringOf, toId, totalsOf } from './data/totals.ts';
import { notFound } from './http/demo-request.ts';
import { LEFT, PdfPage, RIGHT } from './pdf-page.ts';

/** The PDF of an invoice, quote, proforma or credit note, on one page. */

const LABELS = {
  invoice: ['Faktúra', 'Invoice'],
  quote: ['Cenová ponuka', 'Quote'],
  proforma: ['Zálohová faktúra', 'Proforma invoice'],
  credit_note: ['Dobropis', 'Credit note'],
  draft: ['KONCEPT', 'DRAFT'],
  supplier: ['Dodávateľ', 'Supplier'],
  customer: ['Odberateľ', 'Customer'],
  issued: ['Dátum vystavenia', 'Issue date'],
  supplied: ['Dátum dodania', 'Date of supply'],
  due: ['Dátum splatnosti', 'Due date'],
  validUntil: ['Platnosť do', 'Valid until'],
  reference: ['Variabilný symbol', 'Payment reference'],
  item: ['Položka', 'Item'],
  quantity: ['Množstvo', 'Quantity'],
  price: ['Cena za j.', 'Unit price'],
  vat: ['DPH', 'VAT'],
  base: ['Základ', 'Base'],
  net: ['Spolu bez DPH', 'Total without VAT'],
  discount: ['Zľava', 'Discount'],
  total: ['Na úhradu', 'Total due'],
  registration: ['IČO', 'Reg. no.'],
  vatId: ['IČ DPH', 'VAT ID'],
  more: ['ďalšie položky', 'more items'],
} as const;

const MIDDLE = 310;
const LINE = 13;
const ITEMS_TOP = 290;
const MAX_ITEMS = 24;
/** Where the columns after the item's name end. */
const COLUMN_ENDS = [330, 405, 450, RIGHT];

function partyLines(name: unknown, identity: JsonObject, label: (name: keyof typeof LABELS) => string): unknown[] {
  const { street, postal_code, municipality, country_alpha2 } = objectIn(identity.address);
  const { registration_id, vat_id, email } = identity;
  const town = [postal_code, municipality].filter(Boolean).join(' ');
  const ids = [
    registration_id && `${label('registration')}: ${registration_id}`,
    vat_id && `${label('vatId')}: ${vat_id}`,
  ];
  const country = String(country_alpha2 ?? '').toUpperCase();
  return [name, street, [town, country].filter(Boolean).join(', '), ...ids, email].filter(Boolean);
}

/** @throws Refusal 404 where the collection holds no documents. */
export function renderDocument(store: Store, collection: StoreCollection, row: Row): Uint8Array {
  const { fields, workspaceId } = row;
  const type = DOCUMENT_TYPES.find((name) => DOCUMENTS[name].collection === collection);
  const workspace = store.workspaces.find(({ id }) => id === workspaceId)?.fields;
  if (type === undefined || workspace === undefined) throw notFound('The file');
  const language = fields.pdf_language === 'sk' || fields.pdf_language === 'cs' ? 0 : 1;
  const label = (name: keyof typeof LABELS): string => LABELS[name][language];
  const contact = store.find('contacts', workspaceId, toId(fields.purchaser_id))?.fields ?? {};
  const iban = store.find('bank_accounts', workspaceId, toId(fields.bank_account_id))?.fields.iban;
  const page = new PdfPage();
  page.text(`${label(type)} ${stringOf(fields, 'number') ?? label('draft')}`, LEFT, 70, 20);
  page.rule(84);
  const parties = [
    [LEFT, 'supplier', workspace],
    [MIDDLE, 'customer', contact],
  ] as const;
  for (const [x, role, { name, legal_identity }] of parties) {
    const lines = [label(role), ...partyLines(name, objectIn(legal_identity), label)];
    lines.forEach((line, index) => {
      page.text(String(line), x, 110 + index * LINE, 9, 235);
    });
  }
  const facts = [
    [label('issued'), fields.issue_date],
    [label('supplied'), fields.delivery_date],
    [label('due'), fields.due_date],
    [label('validUntil'), fields.valid_until],
    [label('reference'), fields.variable_symbol],
    ['IBAN', iban],
  ].filter(([, value]) => Boolean(value));
  facts.forEach(([name, value], index) => {
    page.text(`${name}: ${value}`, index % 2 === 0 ? LEFT : MIDDLE, 218 + Math.floor(index / 2) * LINE);
  });
  drawTotals(page, fields, label, drawItems(page, fields, label));
  return page.toPdf();
}

const DOCUMENT_TYPES = ['invoice', 'quote', 'proforma', 'credit_note'] as const;

/** @returns where the next text goes. */
function drawItems(page: PdfPage, fields: JsonObject, label: (name: keyof typeof LABELS) => string): number {
  const items = listOf(fields, 'items');
  const { lines } = totalsOf(fields);
  const rows = items.slice(0, MAX_ITEMS).map((item, index) => {
    const { name, quantity, unit, unit_price, vat_rate } = item;
    return [name, `${quantity ?? '1.0'} ${unit ?? ''}`.trim(), unit_price, `${vat_rate ?? '0.0'} %`, lines[index]];
  });
  const head = [label('item'), label('quantity'), label('price'), label('vat'), label('net')];
  [head, ...rows].forEach(([name, ...cells], index) => {
    const y = ITEMS_TOP + index * LINE + (index === 0 ? 0 : 7);
    page.text(String(name ?? ''), LEFT, y, 9, 215);
    cells.forEach((cell, column) => {
      page.textEnding(String(cell ?? ''), COLUMN_ENDS[column] ?? RIGHT, y);
    });
  });
  page.rule(ITEMS_TOP + 5);
  const y = ITEMS_TOP + 20 + rows.length * LINE;
  if (items.length > rows.length) page.text(`+ ${items.length - rows.length} ${label('more')}`, LEFT, y);
  return y + LINE;
}

function drawTotals(
  page: PdfPage,
  fields: JsonObject,
  label: (name: keyof typeof LABELS) => string,
  top: number,
): void {
  const { currency, discount_percentage, discount_amount } = fields;
  const totals = totalsOf(fields);
  const discounts = [
    discount_percentage && `${discount_percentage} %`,
    discount_amount && `${discount_amount} ${currency}`,
  ].filter(Boolean);
  const rows = [
    ...(discounts.length === 0 ? [] : [[label('discount'), discounts.join(' + ')]]),
    ...totals.vat.map(({ rate, base, vat }) => [`${label('vat')} ${rate} % (${label('base')} ${base})`, vat]),
    [label('net'), `${totals.net} ${currency}`],
  ];
  page.rule(top);
  rows.forEach(([name = '', value = ''], index) => {
    page.text(name, MIDDLE, top + 16 + index * LINE);
    page.textEnding(value, RIGHT, top + 16 + index * LINE);
  });
  const y = top + 26 + rows.length * LINE;
  page.text(label('total'), MIDDLE, y, 13);
  page.textEnding(`${totals.total} ${currency}`, RIGHT, y, 13);
  page.text(stringOf(fields, 'footer_note') ?? '', LEFT, y + 40);
}
