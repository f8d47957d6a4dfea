import { Ajv2020 } from 'ajv/dist/2020.js';
import type { Fields } from '../data/fields.ts';

/** The schema compiler, in a module of its own: a bundled CommonJS package has its named exports only when imported statically. */
interface Problem {
  readonly instancePath: string;
  readonly message?: string | undefined;
}

/** Returns the problems found; none is a match. */
export type Check = (value: unknown) => readonly Problem[];

export function compiler(
  document: Fields,
  formats: Readonly<Record<string, (text: string) => boolean>>,
): (pointer: string) => Check {
  const ajv = new Ajv2020({ strict: false, allErrors: true, validateSchema: false, logger: false, formats });
  ajv.addSchema(document, 'lucanto');
  return (pointer) => {
    const validate = ajv.compile({ $ref: `lucanto#${pointer}` });
    return (value) => (validate(value) ? [] : (validate.errors ?? []));
  };
}
