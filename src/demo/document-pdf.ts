import { type Fields, fieldsOf, listOf, textOf, toId } from './data/fields.ts';
import type { Collection, DocumentType, Row, Store } from './data/store.ts';
import { totalsOf } from './data/totals.ts';
import { notFound } from './http/demo-request.ts';
import { PAGE, Page, type TextStyle } from './pdf-page.ts';
import { linesOf } from './routes/document-rules.ts';

/** What is printed on a document, in the languages of the demo's documents. */
interface Words {
  readonly titles: Readonly<Record<DocumentType, string>>;
  readonly draft: string;
  readonly supplier: string;
  readonly customer: string;
  readonly issued: string;
  readonly supplied: string;
  readonly due: string;
  readonly validUntil: string;
  readonly symbol: string;
  readonly item: string;
  readonly quantity: string;
  readonly price: string;
  readonly vat: string;
  readonly amount: string;
  readonly base: string;
  readonly net: string;
  readonly discount: string;
  readonly total: string;
  readonly registration: string;
  readonly vatId: string;
  readonly account: string;
  readonly more: string;
}

const SLOVAK: Words = {
  titles: { invoice: 'Faktúra', quote: 'Cenová ponuka', proforma: 'Zálohová faktúra', credit_note: 'Dobropis' },
  draft: 'KONCEPT',
  supplier: 'Dodávateľ',
  customer: 'Odberateľ',
  issued: 'Dátum vystavenia',
  supplied: 'Dátum dodania',
  due: 'Dátum splatnosti',
  validUntil: 'Platnosť do',
  symbol: 'Variabilný symbol',
  item: 'Položka',
  quantity: 'Množstvo',
  price: 'Cena za j.',
  vat: 'DPH',
  amount: 'Spolu bez DPH',
  base: 'Základ',
  net: 'Spolu bez DPH',
  discount: 'Zľava',
  total: 'Na úhradu',
  registration: 'IČO',
  vatId: 'IČ DPH',
  account: 'IBAN',
  more: 'ďalšie položky',
};

const ENGLISH: Words = {
  titles: { invoice: 'Invoice', quote: 'Quote', proforma: 'Proforma invoice', credit_note: 'Credit note' },
  draft: 'DRAFT',
  supplier: 'Supplier',
  customer: 'Customer',
  issued: 'Issue date',
  supplied: 'Date of supply',
  due: 'Due date',
  validUntil: 'Valid until',
  symbol: 'Payment reference',
  item: 'Item',
  quantity: 'Quantity',
  price: 'Unit price',
  vat: 'VAT',
  amount: 'Net amount',
  base: 'Base',
  net: 'Total without VAT',
  discount: 'Discount',
  total: 'Total due',
  registration: 'Reg. no.',
  vatId: 'VAT ID',
  account: 'IBAN',
  more: 'more items',
};

function wordsIn(language: string | null): Words {
  return language === 'sk' || language === 'cs' ? SLOVAK : ENGLISH;
}

/** The PDF of an invoice, quote, proforma or credit note: one page, whatever its length. */
const TYPES: Partial<Record<Collection, DocumentType>> = {
  invoices: 'invoice',
  quotes: 'quote',
  proformas: 'proforma',
  credit_notes: 'credit_note',
};

const BODY: TextStyle = { size: 9, weight: 'regular', align: 'left', maxWidth: null };
const STRONG: TextStyle = { ...BODY, weight: 'bold' };
const RIGHT: TextStyle = { ...BODY, align: 'right' };
const STRONG_RIGHT: TextStyle = { ...STRONG, align: 'right' };
const TITLE: TextStyle = { ...STRONG, size: 20 };
const LINE = 13;
const COLUMNS = { item: PAGE.margin, quantity: 330, price: 405, vat: 450, amount: PAGE.width - PAGE.margin } as const;
const CUSTOMER_X = 310;
const ITEMS_TOP = 290;
const MAX_ITEMS = 24;

function partyLines(name: string, identity: Fields, words: Words): string[] {
  const address = fieldsOf(identity.address);
  const town = [textOf(address, 'postal_code'), textOf(address, 'municipality')]
    .filter((part) => part !== null)
    .join(' ');
  const labelled = (label: string, key: string): string | null => {
    const value = textOf(identity, key);
    return value === null ? null : `${label}: ${value}`;
  };
  const country = textOf(address, 'country_alpha2')?.toUpperCase() ?? null;
  const lines = [
    name,
    textOf(address, 'street'),
    [town, country].filter((part) => part !== null && part !== '').join(', '),
    labelled(words.registration, 'registration_id'),
    labelled(words.vatId, 'vat_id'),
    textOf(identity, 'email'),
  ];
  return lines.flatMap((line) => (line === null || line === '' ? [] : [line]));
}

function drawParty(page: Page, x: number, label: string, lines: readonly string[]): void {
  page.text(label, x, 110, STRONG);
  lines.forEach((line, index) => {
    page.text(line, x, 126 + index * LINE, { ...(index === 0 ? STRONG : BODY), maxWidth: 235 });
  });
}

function drawDates(page: Page, fields: Fields, words: Words, iban: string | null): void {
  const pairs = [
    [words.issued, textOf(fields, 'issue_date')],
    [words.supplied, textOf(fields, 'delivery_date')],
    [words.due, textOf(fields, 'due_date')],
    [words.validUntil, textOf(fields, 'valid_until')],
    [words.symbol, textOf(fields, 'variable_symbol')],
    [words.account, iban],
  ] as const;
  const shown = pairs.flatMap(([label, value]) => (value === null ? [] : [`${label}: ${value}`]));
  shown.forEach((line, index) => {
    page.text(line, index % 2 === 0 ? PAGE.margin : CUSTOMER_X, 218 + Math.floor(index / 2) * LINE, BODY);
  });
}

/** @returns where the next text goes. */
function drawItems(page: Page, fields: Fields, nets: readonly string[], words: Words): number {
  page.text(words.item, COLUMNS.item, ITEMS_TOP, STRONG);
  page.text(words.quantity, COLUMNS.quantity, ITEMS_TOP, STRONG_RIGHT);
  page.text(words.price, COLUMNS.price, ITEMS_TOP, STRONG_RIGHT);
  page.text(words.vat, COLUMNS.vat, ITEMS_TOP, STRONG_RIGHT);
  page.text(words.amount, COLUMNS.amount, ITEMS_TOP, STRONG_RIGHT);
  page.rule(ITEMS_TOP + 5);
  const items = listOf(fields, 'items');
  const shown = items.slice(0, MAX_ITEMS);
  shown.forEach((item, index) => {
    const y = ITEMS_TOP + 20 + index * LINE;
    const quantity = `${textOf(item, 'quantity') ?? '1.0'} ${textOf(item, 'unit') ?? ''}`.trim();
    page.text(textOf(item, 'name') ?? '', COLUMNS.item, y, { ...BODY, maxWidth: 215 });
    page.text(quantity, COLUMNS.quantity, y, RIGHT);
    page.text(textOf(item, 'unit_price') ?? '', COLUMNS.price, y, RIGHT);
    page.text(`${textOf(item, 'vat_rate') ?? '0.0'} %`, COLUMNS.vat, y, RIGHT);
    page.text(nets[index] ?? '', COLUMNS.amount, y, RIGHT);
  });
  const y = ITEMS_TOP + 20 + shown.length * LINE;
  if (items.length > shown.length) page.text(`+ ${items.length - shown.length} ${words.more}`, COLUMNS.item, y, BODY);
  return y + LINE;
}

function drawTotals(page: Page, fields: Fields, words: Words, top: number): void {
  const currency = textOf(fields, 'currency') ?? '';
  const discount = { percentage: textOf(fields, 'discount_percentage'), amount: textOf(fields, 'discount_amount') };
  const totals = totalsOf(linesOf(fields), discount, fields.reverse_charge === true);
  const reduced = [
    ...(discount.percentage === null ? [] : [`${discount.percentage} %`]),
    ...(discount.amount === null ? [] : [`${discount.amount} ${currency}`]),
  ];
  const rows = [
    ...(reduced.length === 0 ? [] : [[words.discount, reduced.join(' + ')]]),
    ...totals.vat.map(({ rate, base, vat }) => [`${words.vat} ${rate} % (${words.base} ${base})`, vat]),
    [words.net, `${totals.net} ${currency}`],
  ];
  page.rule(top);
  rows.forEach(([label = '', value = ''], index) => {
    page.text(label, CUSTOMER_X, top + 16 + index * LINE, BODY);
    page.text(value, COLUMNS.amount, top + 16 + index * LINE, RIGHT);
  });
  const y = top + 26 + rows.length * LINE;
  page.text(words.total, CUSTOMER_X, y, { ...STRONG, size: 13 });
  page.text(`${totals.total} ${currency}`, COLUMNS.amount, y, { ...STRONG_RIGHT, size: 13 });
  page.text(textOf(fields, 'footer_note') ?? '', PAGE.margin, y + 40, {
    ...BODY,
    maxWidth: PAGE.width - 2 * PAGE.margin,
  });
}

/** @throws Refusal 404 where the collection holds no documents. */
export function renderDocument(store: Store, collection: Collection, row: Row): Uint8Array {
  const type = TYPES[collection];
  const workspace = store.workspaces.find(({ id }) => id === row.workspaceId);
  if (type === undefined || workspace === undefined) throw notFound('The file');
  const { fields } = row;
  const words = wordsIn(textOf(fields, 'pdf_language'));
  const contact = store.find('contacts', row.workspaceId, toId(fields.purchaser_id) ?? 0n);
  const account = store.find('bank_accounts', row.workspaceId, toId(fields.bank_account_id) ?? 0n);
  const discount = { percentage: null, amount: null };
  const page = new Page();
  const number = textOf(fields, 'number') ?? words.draft;
  page.text(`${words.titles[type]} ${number}`, PAGE.margin, 70, TITLE);
  page.rule(84);
  const supplier = partyLines(textOf(workspace.fields, 'name') ?? '', fieldsOf(workspace.fields.legal_identity), words);
  drawParty(page, PAGE.margin, words.supplier, supplier);
  const name = contact === undefined ? '' : (textOf(contact.fields, 'name') ?? '');
  drawParty(page, CUSTOMER_X, words.customer, partyLines(name, fieldsOf(contact?.fields.legal_identity), words));
  drawDates(page, fields, words, account === undefined ? null : textOf(account.fields, 'iban'));
  const { lines } = totalsOf(linesOf(fields), discount, false);
  drawTotals(page, fields, words, drawItems(page, fields, lines, words));
  return page.toPdf(number);
}
