import type { Fields } from './fields.ts';
import type { Store, Workspace } from './store.ts';

interface IdentityParts {
  readonly name: string;
  readonly street: string;
  readonly town: string;
  readonly postalCode: string;
  /** Two letters, lower case. */
  readonly country: string;
  readonly registrationId: string | null;
  readonly taxId: string | null;
  readonly vatId: string | null;
  readonly email: string | null;
  readonly phone: string | null;
  readonly legalForm: string | null;
}

/** A legal identity as the API shows it. */
export function identity(parts: IdentityParts): Fields {
  const address = {
    name: parts.name,
    street: parts.street,
    municipality: parts.town,
    postal_code: parts.postalCode,
    country_alpha2: parts.country,
    contact: null,
  };
  return {
    registration_id: parts.registrationId,
    tax_id: parts.taxId,
    vat_id: parts.vatId,
    vat_payer_type: parts.vatId === null ? null : 'standard',
    vat_period: parts.vatId === null ? null : 'monthly',
    email: parts.email,
    phone_number: parts.phone,
    web: null,
    legal_form: parts.legalForm,
    legal_form_id: parts.legalForm === 's.r.o.' ? 3 : null,
    address,
    postal_address: address,
  };
}

/** The workspaces of the demo. All registration, VAT and account numbers are made up, with right check digits. */
/** A Slovak studio: the one with most of the data. */
export const STUDIO_ID = 42n;
/** Beyond 2^53, so that a client that reads ids as doubles asks for another workspace. */
export const TRADER_ID = 9007199254740993n;
/** Another user's, without a subscription. */
const STRANGER_ID = 77n;
export const SANDBOX_ID = 90042n;

interface Account {
  readonly workspaceId: bigint;
  readonly id: bigint;
  readonly fields: Fields;
}

const STUDIO_IDENTITY = identity({
  name: 'Tatranské štúdio s.r.o.',
  street: 'Štefánikova 17',
  town: 'Poprad',
  postalCode: '058 01',
  country: 'sk',
  registrationId: '46215034',
  taxId: '2023456787',
  vatId: 'SK2023456787',
  email: 'fakturacia@tatranske-studio.example',
  phone: '+421 52 555 01 17',
  legalForm: 's.r.o.',
});

const TRADER_IDENTITY = identity({
  name: 'Alpenblick Handels GmbH',
  street: 'Getreidegasse 9',
  town: 'Salzburg',
  postalCode: '5020',
  country: 'at',
  registrationId: 'FN 123456a',
  taxId: null,
  vatId: 'ATU67204937',
  email: 'office@alpenblick.example',
  phone: '+43 662 555 019',
  legalForm: 'GmbH',
});

function workspace(id: bigint, name: string, legalIdentity: Fields, createdAt: string): Workspace {
  return {
    id,
    userId: 'jan',
    subscribed: true,
    testMode: false,
    bankAccountCap: 2,
    receiptCap: 5,
    fields: {
      name,
      created_at: createdAt,
      updated_at: createdAt,
      accounting_type: 'simple',
      onboarding_step: 'done',
      vat_registration_alert: false,
      logo_url: null,
      legal_identity: legalIdentity,
    },
  };
}

function bank(workspaceId: bigint, id: bigint, fields: Fields): Account {
  const common = { account_type: 'bank', currency: 'EUR', default: true, invoice_display: true };
  return { workspaceId, id, fields: { ...common, ...fields } };
}

const ACCOUNTS: readonly Account[] = [
  bank(STUDIO_ID, 7n, {
    name: 'Hlavný účet',
    owner_name: 'Tatranské štúdio s.r.o.',
    iban: 'SK9411000000002948123401',
    swift_code: 'TATRSKBX',
    account_number: '2948123401',
    bank_code: '1100',
    balance_available: '18452.37',
    balance_booked: '18930.12',
  }),
  bank(STUDIO_ID, 8n, { name: 'Pokladňa', account_type: 'cash', default: false, invoice_display: false }),
  bank(TRADER_ID, 9n, {
    name: 'Geschäftskonto',
    owner_name: 'Alpenblick Handels GmbH',
    iban: 'AT242011182221219800',
    swift_code: 'GIBAATWWXXX',
  }),
  bank(SANDBOX_ID, 10n, { name: 'Testovací účet', iban: 'SK8683300000002901987606', swift_code: 'FIOZSKBA' }),
];

/** @param at of the bank accounts' creation, milliseconds since the epoch. */
export function seedWorkspaces(store: Store, createdAt: string, at: number): void {
  const studio = workspace(STUDIO_ID, 'Tatranské štúdio s.r.o.', STUDIO_IDENTITY, createdAt);
  store.workspaces.push(
    studio,
    workspace(TRADER_ID, 'Alpenblick Handels GmbH', TRADER_IDENTITY, createdAt),
    { ...workspace(STRANGER_ID, 'Eva Horváthová', STUDIO_IDENTITY, createdAt), userId: 'eva', subscribed: false },
    { ...workspace(SANDBOX_ID, 'Testovacie prostredie', STUDIO_IDENTITY, createdAt), testMode: true },
  );
  store.defaults.set('jan', STUDIO_ID);
  store.defaults.set('eva', STRANGER_ID);
  for (const { workspaceId, id, fields } of ACCOUNTS) store.insert('bank_accounts', workspaceId, fields, at, id);
}
