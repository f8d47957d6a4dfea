/** The segments of paths and of their templates, as the contract's words. */
import { segmentWord } from './naming.ts';

export const API_BASE = '/api/v1';

export interface Segment {
  /** A literal in snake_case, or '' for a parameter. */
  readonly word: string;
  /** The parameter as the template spells it. */
  readonly parameter: string | null;
}

/** The parts of a path or a template. OData names a record in brackets, `Orders({Id})` or `Customers('{Code}')`. */
export function pathParts(path: string): readonly string[] {
  return path.replace(/\(('?)([^()/]+)\1\)(?=\/|$)/g, '/$2').split('/');
}

export function segmentsOf(path: string): readonly Segment[] {
  return pathParts(path)
    .filter((part) => part !== '')
    .flatMap((part) => {
      if (/^v\d+(\.\d+)+$/.test(part)) return [{ word: segmentWord(part), parameter: null }];
      // `{id}.pdf` and `invoices:import` are a record or collection and something of it.
      const [, head = part, tail] = /^(\{[^{}]+\}|[\w-]+)[.:]([\w-]+)$/.exec(part) ?? [];
      const parameter = /^\{([^{}]+)\}$/.exec(head)?.[1] ?? null;
      const first = { word: parameter === null ? segmentWord(head) : '', parameter };
      // `invoices.json` only says in which form the answer comes.
      return tail === undefined || (tail === 'json' && part.endsWith('.json'))
        ? [first]
        : [first, { word: segmentWord(tail), parameter: null }];
    });
}

const VERSION = /^(v_?\d+(_?\d+)*(_?(alpha|beta)\d*)?|\d{4}_\d{2}(_\d{2})?|latest)$/;
const FOLDER = /^(api|rest)$/;

/** Without `/api/v2` at the beginning: such segments are no resources. */
export function withoutVersion(segments: readonly Segment[]): {
  readonly segments: readonly Segment[];
  readonly version: string;
} {
  let at = 0;
  let version = '';
  for (; at < segments.length - 1; at += 1) {
    const word = segments[at]?.word ?? '';
    // `/api/{id}` names a record of something that is called so.
    const isFolder = FOLDER.test(word) && segments[at + 1]?.parameter === null;
    if (VERSION.test(word)) version = word;
    else if (!isFolder) break;
  }
  return { segments: segments.slice(at), version };
}
