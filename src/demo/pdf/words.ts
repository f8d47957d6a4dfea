/** What is printed on a document, in the languages of the demo's documents. */
import type { DocumentType } from '../store/numbering.ts';

export interface Words {
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

export function wordsIn(language: string | null): Words {
  return language === 'sk' || language === 'cs' ? SLOVAK : ENGLISH;
}
