import { identity, SANDBOX_ID, STUDIO_ID, TRADER_ID } from './seed-workspaces.ts';
import type { Row, Store } from './store.ts';

/** Customers of the demo: made up, with right check digits in registration and VAT numbers. */
interface Person {
  readonly id: bigint;
  readonly name: string;
  /** Street, town, postal code, country. */
  readonly at: readonly [string, string, string, string];
  readonly registrationId?: string;
  readonly vatId?: string;
  readonly email?: string;
  readonly legalForm?: string;
  readonly dueDays?: number;
}

export interface Customer {
  readonly row: Row;
  readonly country: string;
  readonly dueDays: number;
}

const DEFAULT_DUE_DAYS = 14;

const STUDIO: readonly Person[] = [
  {
    id: 501n,
    name: 'Ján Novák',
    at: ['Hlavná 123', 'Košice', '040 01', 'sk'],
    registrationId: '35879114',
    vatId: 'SK2022119044',
    email: 'jan.novak@example.sk',
  },
  {
    id: 502n,
    name: 'ACME s.r.o.',
    at: ['Mlynské nivy 45', 'Bratislava', '821 09', 'sk'],
    registrationId: '44991207',
    vatId: 'SK2022981455',
    email: 'uctaren@acme.example',
    legalForm: 's.r.o.',
  },
  {
    id: 503n,
    name: 'Kaviareň Štúr s.r.o.',
    at: ['Štúrova 8', 'Bratislava', '811 02', 'sk'],
    registrationId: '51022770',
    vatId: 'SK2023477192',
    email: 'kaviaren@stur.example',
    legalForm: 's.r.o.',
  },
  {
    id: 504n,
    name: 'Ľubomír Žiačik – Stolárstvo',
    at: ['Dolná Ždaňa 61', 'Žiar nad Hronom', '965 01', 'sk'],
    registrationId: '31442081',
    email: 'lubomir@ziacik.example',
  },
  {
    id: 505n,
    name: 'Pekáreň Ďumbier, a.s.',
    at: ['Námestie SNP 3', 'Banská Bystrica', '974 01', 'sk'],
    registrationId: '47833157',
    vatId: 'SK2120833154',
    email: 'faktury@dumbier.example',
    legalForm: 'a.s.',
    dueDays: 30,
  },
  {
    id: 506n,
    name: 'Zuzana Kováčová',
    at: ['Záhradnícka 22', 'Trnava', '917 01', 'sk'],
    email: 'zuzana.kovacova@example.sk',
  },
  {
    id: 507n,
    name: 'Železiarne Považie, a.s.',
    at: ['Priemyselná 1', 'Považská Bystrica', '017 01', 'sk'],
    registrationId: '36555207',
    vatId: 'SK2020021135',
    email: 'fakturacia@zp.example',
    legalForm: 'a.s.',
    dueDays: 30,
  },
  {
    id: 508n,
    name: 'Obec Čierny Balog',
    at: ['Závodie 2', 'Čierny Balog', '976 52', 'sk'],
    registrationId: '00313297',
    email: 'obec@balog.example',
    dueDays: 30,
  },
  { id: 509n, name: 'Mária Šťastná', at: ['Kvetná 5', 'Prešov', '080 01', 'sk'] },
  {
    id: 510n,
    name: 'Účtovníctvo Hronský s.r.o.',
    at: ['Hronská 14', 'Zvolen', '960 01', 'sk'],
    registrationId: '52661041',
    vatId: 'SK2121200466',
    email: 'info@hronsky.example',
    legalForm: 's.r.o.',
    dueDays: 7,
  },
  {
    id: 511n,
    name: 'Ôsmy deň, s.r.o.',
    at: ['Vajnorská 100', 'Bratislava', '831 04', 'sk'],
    registrationId: '44108729',
    vatId: 'SK2022900330',
    email: 'ahoj@osmyden.example',
    legalForm: 's.r.o.',
  },
  {
    id: 9007199254741093n,
    name: 'Vinárstvo Ružová dolina, s.r.o.',
    at: ['Vinohradnícka 9', 'Pezinok', '902 01', 'sk'],
    registrationId: '53904168',
    vatId: 'SK2121910417',
    email: 'vino@ruzovadolina.example',
    legalForm: 's.r.o.',
  },
  {
    id: 513n,
    name: 'Müller & Söhne GmbH',
    at: ['Königsallee 30', 'Düsseldorf', '40212', 'de'],
    registrationId: 'HRB 48211',
    vatId: 'DE289310578',
    email: 'rechnung@mueller-soehne.example',
    legalForm: 'GmbH',
    dueDays: 30,
  },
  {
    id: 514n,
    name: 'Société Lumière SARL',
    at: ['12 rue de la République', 'Lyon', '69002', 'fr'],
    registrationId: '839201746',
    vatId: 'FR29839201746',
    email: 'compta@lumiere.example',
    legalForm: 'SARL',
    dueDays: 30,
  },
  {
    id: 515n,
    name: 'Dvořák Software s.r.o.',
    at: ['Žitná 14', 'Praha', '120 00', 'cz'],
    registrationId: '27468313',
    vatId: 'CZ27468313',
    email: 'fakturace@dvorak.example',
    legalForm: 's.r.o.',
  },
  {
    id: 516n,
    name: 'Wiśniewski Sp. z o.o.',
    at: ['ul. Floriańska 7', 'Kraków', '31-019', 'pl'],
    registrationId: '0000412345',
    vatId: 'PL5252618475',
    email: 'faktury@wisniewski.example',
    legalForm: 'Sp. z o.o.',
  },
  {
    id: 517n,
    name: 'Österreichische Holzbau GmbH',
    at: ['Mariahilfer Straße 88', 'Wien', '1070', 'at'],
    registrationId: 'FN 234567b',
    vatId: 'ATU71586241',
    email: 'buchhaltung@holzbau.example',
    legalForm: 'GmbH',
  },
  {
    id: 518n,
    name: 'Blue Harbor LLC',
    at: ['200 Harbor Blvd', 'Boston', '02110', 'us'],
    email: 'ap@blueharbor.example',
    legalForm: 'LLC',
    dueDays: 30,
  },
];

const TRADER: readonly Person[] = [
  {
    id: 601n,
    name: 'Bäckerei Grüß e.U.',
    at: ['Linzer Gasse 21', 'Salzburg', '5020', 'at'],
    email: 'baeckerei@gruess.example',
  },
  {
    id: 602n,
    name: 'Hotel Mönchsberg GmbH',
    at: ['Mönchsberg 3', 'Salzburg', '5020', 'at'],
    registrationId: 'FN 345678c',
    email: 'einkauf@moenchsberg.example',
    legalForm: 'GmbH',
  },
  {
    id: 603n,
    name: 'Tatranské štúdio s.r.o.',
    at: ['Štefánikova 17', 'Poprad', '058 01', 'sk'],
    registrationId: '46215034',
    vatId: 'SK2023456787',
    email: 'fakturacia@tatranske-studio.example',
    legalForm: 's.r.o.',
  },
  { id: 604n, name: 'Jürgen Weiß', at: ['Kirchenstraße 4', 'Hallein', '5400', 'at'] },
];

const SANDBOX: readonly Person[] = [
  { id: 701n, name: 'Testovací odberateľ', at: ['Skúšobná 1', 'Žilina', '010 01', 'sk'], email: 'test@example.sk' },
];

const BY_WORKSPACE = [
  [STUDIO_ID, STUDIO],
  [TRADER_ID, TRADER],
  [SANDBOX_ID, SANDBOX],
] as const;

/** @param at of their creation, milliseconds since the epoch. */
export function seedContacts(store: Store, at: number): Map<bigint, Customer[]> {
  const insert = (workspaceId: bigint, person: Person): Customer => {
    const [street, town, postalCode, country] = person.at;
    const dueDays = person.dueDays ?? DEFAULT_DUE_DAYS;
    const legal = identity({
      name: person.name,
      street,
      town,
      postalCode,
      country,
      registrationId: person.registrationId ?? null,
      taxId: person.vatId?.startsWith('SK') ? person.vatId.slice(2) : null,
      vatId: person.vatId ?? null,
      email: person.email ?? null,
      phone: null,
      legalForm: person.legalForm ?? null,
    });
    const fields = {
      name: person.name,
      rate: null,
      due_days: dueDays,
      invoice_account_id: null,
      legal_identity: legal,
    };
    return { row: store.insert('contacts', workspaceId, fields, at, person.id), country, dueDays };
  };
  return new Map(BY_WORKSPACE.map(([id, people]) => [id, people.map((person) => insert(id, person))]));
}
