/** What a check found in a document, what it looked at, and what it could not look at. */
import type { JsonObject } from '../../core/json.ts';

export interface Finding {
  /** `error`: it will be refused, or is wrong. `warning`: look again. */
  readonly severity: 'error' | 'warning';
  /** As the record spells it: `items[0].vat_rate`. */
  readonly field: string;
  readonly message: string;
  /** The right value, where it can be computed. */
  readonly expected?: string;
}

export function error(field: string, message: string, expected?: string): Finding {
  return { severity: 'error', field, message, ...(expected !== undefined && { expected }) };
}

export function warning(field: string, message: string, expected?: string): Finding {
  return { severity: 'warning', field, message, ...(expected !== undefined && { expected }) };
}

const MOST_SHOWN = 50;

export class Findings {
  readonly #found: Finding[] = [];
  readonly #checked: string[] = [];
  readonly #notChecked: string[] = [];

  /** After an error in a field, no more is said of it: the rest mostly follows from that. */
  add(findings: readonly Finding[]): void {
    for (const finding of findings) if (!this.hasErrorAt(finding.field)) this.#found.push(finding);
  }

  checked(what: string): void {
    if (!this.#checked.includes(what)) this.#checked.push(what);
  }

  notChecked(what: string): void {
    if (!this.#notChecked.includes(what)) this.#notChecked.push(what);
  }

  hasErrorAt(field: string): boolean {
    return this.#found.some((one) => one.severity === 'error' && one.field === field);
  }

  /** @param isSubstantial whether lines or amounts were looked at: without them nothing can be called right */
  answer(isSubstantial: boolean): JsonObject {
    const of = (severity: Finding['severity']) => {
      const all = this.#found.filter((one) => one.severity === severity);
      const shown = all.slice(0, MOST_SHOWN).map(({ severity: _same, ...finding }) => finding);
      return { all, shown };
    };
    const errors = of('error');
    const warnings = of('warning');
    const more = errors.all.length + warnings.all.length - errors.shown.length - warnings.shown.length;
    return {
      ok: errors.all.length === 0 && isSubstantial,
      errors: errors.shown,
      warnings: warnings.shown,
      ...(more > 0 && { more_findings: more }),
      checked: this.#checked,
      not_checked: this.#notChecked,
    };
  }
}
