import type { Fields } from '../store/fields.ts';

export interface IdentityParts {
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
