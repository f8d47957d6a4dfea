/** What a check found. */
export interface Finding {
  /** `error`: it will be refused, or is wrong. `warning`: look again. */
  readonly severity: 'error' | 'warning';
  /** As the record spells it: `items[0].vat_rate`. */
  readonly field: string;
  readonly message: string;
}

export function error(field: string, message: string): Finding {
  return { severity: 'error', field, message };
}

export function warning(field: string, message: string): Finding {
  return { severity: 'warning', field, message };
}
