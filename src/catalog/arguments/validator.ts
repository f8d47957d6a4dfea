/** Ajv and its formats: 120 kB that only a call needs, hence a chunk of its own (import it lazily). */
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import type { JsonSchema } from '../../contract/schema-types.ts';
import { isJsonObject } from '../../json.ts';
import type { Log } from '../../log.ts';
import { basicProblems } from './basic-check.ts';
import { problemsOf } from './problems.ts';
import { plainNumbers } from './shape.ts';

// Formats whose meaning is beyond doubt. The service judges the rest: its idea of an e-mail address or URL may be wider.
const FORMATS = ['date', 'date-time', 'time', 'uuid', 'int32', 'int64'] as const;

export class Validator {
  readonly #log: Log;
  readonly #ajv: Ajv2020;
  /** By schema; null for one that cannot be compiled. */
  readonly #compiled = new WeakMap<JsonSchema, ValidateFunction | null>();

  constructor(log: Log) {
    this.#log = log;
    // verbose: errors bring their schema along.
    this.#ajv = new Ajv2020({
      strict: false,
      // 1e400 reads as infinity, which is written as null.
      strictNumbers: true,
      allErrors: true,
      verbose: true,
      validateSchema: false,
      logger: false,
    });
    addFormats(this.#ajv, [...FORMATS]);
  }

  /** One sentence per problem, without a full stop. */
  problems(tool: string, schema: JsonSchema, args: Readonly<Record<string, unknown>>): string[] {
    const validate = this.#validate(tool, schema);
    if (validate === null) return basicProblems(args, schema);
    try {
      return validate(plainNumbers(args)) ? [] : problemsOf(validate.errors ?? [], args, schema);
    } catch (error) {
      this.#giveUp(tool, schema, error);
      return basicProblems(args, schema);
    }
  }

  #validate(tool: string, schema: JsonSchema): ValidateFunction | null {
    const known = this.#compiled.get(schema);
    if (known !== undefined) return known;
    try {
      const validate = this.#compile(schema);
      this.#compiled.set(schema, validate);
      return validate;
    } catch (error) {
      this.#giveUp(tool, schema, error);
      return null;
    }
  }

  /** @throws Error where the schema cannot be compiled. */
  #compile(schema: JsonSchema): ValidateFunction {
    // Schemas of different tools may carry the same $id.
    const { $id: _id, ...rest } = schema;
    const compilable = asMeant(plainNumbers(rest));
    if (!isJsonObject(compilable)) throw new TypeError('it is not an object');
    return this.#ajv.compile(compilable);
  }

  #giveUp(tool: string, schema: JsonSchema, error: unknown): void {
    this.#compiled.set(schema, null);
    const why = error instanceof Error ? error.message : String(error);
    this.#log.warn(`the schema of ${tool} cannot be used to validate in full, names and types only: ${why}`);
  }
}

/**
 * The schema in words that Ajv takes as they are meant: OpenAPI 3.0's `nullable` also without `type`, and `oneOf` as
 * `anyOf`, since documents write it where branches overlap, and a value that fits twice is the service's to judge.
 */
function asMeant(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(asMeant);
  if (!isJsonObject(schema)) return schema;
  const { nullable, oneOf, ...rest } = schema;
  // Neither is a keyword where its value has another type: both may be names of properties.
  const named = {
    ...rest,
    ...(nullable === undefined || typeof nullable === 'boolean' ? {} : { nullable }),
    ...(oneOf === undefined || Array.isArray(oneOf) ? {} : { oneOf }),
  };
  const copy = Object.fromEntries(Object.entries(named).map(([keyword, value]) => [keyword, asMeant(value)]));
  const chosen = Array.isArray(oneOf) ? withUnion(copy, oneOf.map(asMeant)) : copy;
  return nullable === true ? { anyOf: [{ type: 'null' }, chosen] } : chosen;
}

function withUnion(schema: Record<string, unknown>, branches: readonly unknown[]): Record<string, unknown> {
  return schema.anyOf === undefined ? { ...schema, anyOf: branches } : { allOf: [schema, { anyOf: branches }] };
}
