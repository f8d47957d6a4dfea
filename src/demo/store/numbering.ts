/** Number series: one per workspace, document type and year, without gaps. */

const SERIES = { invoice: 'FAK', quote: 'CEN', credit_note: 'DOB', proforma: 'ZAL' } as const;
export type DocumentType = keyof typeof SERIES;

export class Numbering {
  readonly #last = new Map<string, number>();

  /** @param date YYYY-MM-DD, whose year names the series. */
  next(workspaceId: bigint, type: DocumentType, date: string): string {
    const series = `${SERIES[type]}${date.slice(0, 4)}`;
    const key = `${workspaceId}/${series}`;
    const count = (this.#last.get(key) ?? 0) + 1;
    this.#last.set(key, count);
    return `${series}-${String(count).padStart(4, '0')}`;
  }
}
