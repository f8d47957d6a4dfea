import { execFileSync, spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { createInvoice, ITEM, send, useDemo } from './client.ts';

const demo = useDemo();
const hasReader = spawnSync('pdftotext', ['-v']).status === 0;

/** Glyph names of the letters that the tests print (Adobe Glyph List). */
const GLYPHS: Readonly<Record<string, string>> = {
  Lcaron: 'Ľ',
  Scaron: 'Š',
  Ccaron: 'Č',
  Tcaron: 'Ť',
  Zcaron: 'Ž',
  lcaron: 'ľ',
  scaron: 'š',
  ccaron: 'č',
  tcaron: 'ť',
  zcaron: 'ž',
  ncaron: 'ň',
  dcaron: 'ď',
  aacute: 'á',
  eacute: 'é',
  iacute: 'í',
  oacute: 'ó',
  uacute: 'ú',
  yacute: 'ý',
  adieresis: 'ä',
  ocircumflex: 'ô',
  racute: 'ŕ',
  lacute: 'ĺ',
  lslash: 'ł',
  germandbls: 'ß',
  Euro: '€',
  ohungarumlaut: 'ő',
  uni021B: 'ț',
  Uacute: 'Ú',
  ellipsis: '…',
  endash: '–',
  eogonek: 'ę',
  Aacute: 'Á',
};

interface Pdf {
  readonly objects: readonly string[];
  /** The texts of the page, in order. */
  readonly texts: readonly string[];
}

/** Follows the cross-reference table as a reader does; throws where an offset is wrong. */
function parsePdf(bytes: Uint8Array): Pdf {
  const file = Buffer.from(bytes).toString('latin1');
  expect(file.startsWith('%PDF-1.')).toBe(true);
  const start = Number(/startxref\n(\d+)\n%%EOF\n$/.exec(file)?.[1]);
  const table = /^xref\n0 (\d+)\n((?:\d{10} \d{5} [nf] \n)+)trailer/.exec(file.slice(start));
  const entries = (table?.[2] ?? '').split('\n').filter((line) => line.includes(' n'));
  expect(entries).toHaveLength(Number(table?.[1]) - 1);
  const objects = entries.map((entry, index) => {
    const found = new RegExp(`^${index + 1} 0 obj\n([\\s\\S]*?)\nendobj`).exec(file.slice(Number(entry.slice(0, 10))));
    expect(found).not.toBeNull();
    return found?.[1] ?? '';
  });
  const [, first = '', names = ''] = /\/Differences \[(\d+) ([^\]]*)\]/.exec(objects.join('\n')) ?? [];
  const extra = names.split(' ').map((name) => name.slice(1));
  const stream = objects.find((object) => object.includes('stream\n')) ?? '';
  const [, length, content = ''] = /\/Length (\d+) >>\nstream\n([\s\S]*)\nendstream$/.exec(stream) ?? [];
  expect(content).toHaveLength(Number(length));
  const texts = [...content.matchAll(/<([0-9a-f]*)> Tj/g)].map(([, hex = '']) =>
    [...Buffer.from(hex, 'hex')]
      .map((code) => (code < 128 ? String.fromCharCode(code) : letterOf(extra[code - Number(first)] ?? '')))
      .join(''),
  );
  return { objects, texts };
}

function letterOf(name: string): string {
  return GLYPHS[name] ?? `/${name}`;
}

async function pdfOf(id: unknown, kind = 'invoices'): Promise<Uint8Array> {
  const { body } = await send(demo, 'GET', `/${kind}/${id}/pdf_url`);
  const response = await fetch(String(body.url));
  expect([response.status, response.headers.get('Content-Type')]).toEqual([200, 'application/pdf']);
  return new Uint8Array(await response.arrayBuffer());
}

const LETTERS = 'Ľúbozvučné ŕyby – ťapka, Žofia, ĺb, vôňa, mäď, €ő ț ß ł ę';

async function issuedInvoice(items: readonly unknown[]): Promise<string> {
  const id = await createInvoice(demo, { purchaser_id: 504, items });
  await send(demo, 'POST', `/invoices/${id}/issue`);
  return id;
}

describe('The PDF of an invoice', () => {
  it('is one page with number, parties, lines and exact totals', async () => {
    const id = await issuedInvoice([
      { ...ITEM, name: 'Čistenie' },
      { ...ITEM, vat_rate: 5, unit_price: '0.335', quantity: 3 },
    ]);
    const { body } = await send(demo, 'GET', `/invoices/${id}`);
    const { objects, texts } = parsePdf(await pdfOf(id));
    expect(objects.filter((object) => /\/Type \/Page\b/.test(object))).toHaveLength(1);
    expect(texts).toEqual(
      expect.arrayContaining([
        `Faktúra ${body.number}`,
        'Ľubomír Žiačik – Stolárstvo',
        'Tatranské štúdio s.r.o.',
        'Čistenie',
      ]),
    );
    expect(texts).toEqual(
      expect.arrayContaining(['DPH 23.0 % (Základ 100.00)', '23.00', 'DPH 5.0 % (Základ 1.01)', '0.05']),
    );
    expect(texts).toContain(`${body.total} EUR`);
    expect(body.total).toBe('124.06');
  });

  it('shows every Slovak letter, and those of the neighbouring languages', async () => {
    const { texts } = parsePdf(
      await pdfOf(
        await issuedInvoice([
          { ...ITEM, name: LETTERS.slice(0, 38) },
          { ...ITEM, name: LETTERS.slice(38) },
        ]),
      ),
    );
    expect(texts).toEqual(expect.arrayContaining([LETTERS.slice(0, 38), LETTERS.slice(38)]));
  });

  it.skipIf(!hasReader)('has the same text in pdftotext', async () => {
    const bytes = await pdfOf(
      await issuedInvoice([
        { ...ITEM, name: LETTERS.slice(0, 38) },
        { ...ITEM, name: LETTERS.slice(38) },
      ]),
    );
    const text = execFileSync('pdftotext', ['-layout', '-enc', 'UTF-8', '-', '-'], { input: bytes, encoding: 'utf8' });
    for (const part of [LETTERS.slice(0, 38), LETTERS.slice(38), 'Dodávateľ', 'Na úhradu', '246.00 EUR'])
      expect(text).toContain(part);
  });

  it('stays one page with any number of lines, and cuts long names', async () => {
    const items = Array.from({ length: 60 }, (_, index) => ({ ...ITEM, name: `${index} ${'dlhý názov '.repeat(20)}` }));
    const { objects, texts } = parsePdf(await pdfOf(await issuedInvoice(items)));
    expect(objects.join('\n')).toContain('/Count 1 ');
    expect(texts).toContain('+ 36 ďalšie položky');
    expect(texts.find((text) => text.startsWith('0 dlhý'))).toMatch(/^.{20,60}…$/);
  });

  it('is also made for drafts and for the other documents', async () => {
    expect(parsePdf(await pdfOf(await createInvoice(demo))).texts).toContain('Faktúra KONCEPT');
    for (const kind of ['quotes', 'proformas', 'credit_notes']) {
      const { body } = await send(demo, 'GET', `/${kind}?limit=2`);
      const [, row] = Array.isArray(body.data) ? body.data : [];
      expect(parsePdf(await pdfOf(row.id, kind)).texts[0]).toMatch(/[A-Z]{3}202\d-\d{4}$/);
    }
  });
});

describe('The address of a PDF', () => {
  it('is on the origin of the service, needs no token, and says when it expires', async () => {
    const { body } = await send(demo, 'GET', '/invoices/9007199254740997/pdf_url');
    expect(new URL(String(body.url)).origin).toBe(demo.service.url);
    expect(body.expires_at).toBe('2026-03-15T10:15:00Z');
    expect((await fetch(String(body.url))).status).toBe(200);
  });

  it('answers 403 to a wrong signature, another file, a longer lifetime, or a late request', async () => {
    const url = String((await send(demo, 'GET', '/invoices/9007199254740997/pdf_url')).body.url);
    const altered = [
      url.slice(0, -1) + (url.endsWith('0') ? '1' : '0'),
      url.replace('9007199254740997', '9007199254741001'),
      url.replace(/expires=\d+/, 'expires=1999999999'),
      url.replace(/\?.*/, ''),
    ];
    for (const wrong of altered) expect([wrong, (await fetch(wrong)).status]).toEqual([wrong, 403]);
    demo.now += 15 * 60 * 1000 + 1;
    const late = await fetch(url);
    expect([late.status, await late.json()]).toMatchObject([403, { error: 'forbidden' }]);
  });

  it('answers 404 once the invoice is deleted', async () => {
    const id = await createInvoice(demo);
    const url = String((await send(demo, 'GET', `/invoices/${id}`)).body.pdf_url);
    await send(demo, 'DELETE', `/invoices/${id}`);
    expect((await fetch(url)).status).toBe(404);
  });
});
