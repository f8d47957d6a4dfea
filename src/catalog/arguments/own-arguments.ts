import { withParts } from '../../core/deadline.ts';
import { ArgumentsError } from '../../core/errors.ts';
import { isJsonObject, type JsonObject, type JsonSchema, objectIn } from '../../core/json.ts';
import { LEAST_CHARS, MOST_CHARS } from '../../core/results.ts';
import { has } from '../../core/schema-check.ts';
import { ALLOW_DUPLICATE, type SaveRequest, type Tool } from '../../core/tool.ts';
import { parsedContainer } from './fitted-arguments.ts';

/** The arguments that the bridge adds to those of the service: their names, which tools take them, how they are read. */

export interface OwnArgument<T> {
  /** It goes by the first of these that the service does not use itself in the tool. */
  readonly names: readonly string[];
  readonly isTakenBy: (tool: Tool) => boolean;
  /** @throws ArgumentsError @returns null where nothing was said */
  readonly parse: (given: unknown, name: string) => T | null;
}

function own<T>(
  names: readonly string[],
  isTakenBy: OwnArgument<T>['isTakenBy'],
  parse: OwnArgument<T>['parse'],
): OwnArgument<T> {
  return { names, isTakenBy, parse };
}

/** None of them is ever sent to the service. */
export const OWN_ARGUMENTS = {
  /** Holds arguments that the list of tools only names (listing/details.ts); a call may also give them side by side. */
  more: own(['more', 'more_fields'], () => true, parseMore),
  // An answer that was too long asks for these two, even where the schema had no room for them.
  fields: own(['fields'], (tool) => isRestRead(tool) || shows(tool, 'fields'), parseFields),
  max_chars: own(['max_chars'], (tool) => isRestRead(tool) || shows(tool, 'max_chars'), parseMaxChars),
  /** Only where the service gives a list whole; else the cursor is the service's. */
  cursor: own(['cursor'], (tool) => shows(tool, 'cursor'), parseCursor),
  [ALLOW_DUPLICATE]: own(
    [ALLOW_DUPLICATE],
    ({ descriptor }) => !descriptor.annotations.readOnlyHint,
    flag('Leave it out, unless the user wants a second record like the one that was just created.'),
  ),
  save_as: own(['save_as', 'save_rows_as'], ({ saveRows }) => saveRows !== undefined, parseFormat),
  /** The position of the one line that an update changes. */
  line: own(['line', 'line_number'], (tool) => tool.change !== undefined, parseLine),
  /** Carries the user's consent to the second call after a preview. */
  confirmation: own(['confirmation', 'lucanto_confirmation'], mayAsk, parseCode),
  /** Answers with what a person would be asked, and does nothing. */
  preview: own(
    ['preview', 'lucanto_preview'],
    mayAsk,
    flag('With true, the answer is what the user would be asked, and nothing is done.'),
  ),
};

/** Any write may send or issue because of an argument. */
function mayAsk({ descriptor, route, irreversible }: Tool): boolean {
  return irreversible !== undefined || (route !== 'local' && !descriptor.annotations.readOnlyHint);
}

/** The name of an own argument in one tool; null where the tool does not take it. */
export function ownName<T>({ names, isTakenBy }: OwnArgument<T>, tool: Tool): string | null {
  return isTakenBy(tool) ? (names.find((name) => !has(tool.validation.properties, name)) ?? null) : null;
}

/** The schema names what asks for a preview and, for `--confirm always`, what brings the user's consent. */
export function withConfirmation(tool: Tool, isAlways: boolean): Tool {
  if (tool.irreversible === undefined) return tool;
  const { descriptor } = tool;
  const { name, title, description, annotations, _meta } = descriptor;
  return withParts(tool, {
    descriptor: {
      ...{ name, title, description, annotations },
      ...(_meta !== undefined && { _meta }),
      // Schemas are built when first read.
      get inputSchema() {
        const { inputSchema } = descriptor;
        // The endpoint's own schemas stay unchanged.
        const isOwn = tool.route !== 'remote';
        const shown = isOwn ? withProperty(inputSchema, ownName(OWN_ARGUMENTS.preview, tool), PREVIEW) : inputSchema;
        return isAlways ? withProperty(shown, ownName(OWN_ARGUMENTS.confirmation, tool), CONFIRMATION) : shown;
      },
    },
  });
}

// Few words: every session pays for them. The preview says the rest.
const PREVIEW = { type: 'boolean' };
const CONFIRMATION = { type: 'string', description: 'from the preview, once the user agreed' };

function withProperty(schema: JsonSchema, name: string | null, property: JsonObject): JsonSchema {
  if (name === null) return schema;
  const properties: JsonObject = objectIn(schema.properties);
  return { ...schema, properties: { ...properties, [name]: property } };
}

function isRestRead({ route, descriptor }: Tool): boolean {
  return route === 'rest' && descriptor.annotations.readOnlyHint;
}

function shows({ descriptor }: Tool, name: string): boolean {
  return has(descriptor.inputSchema.properties, name);
}

function parseFormat(given: unknown, name: string): SaveRequest['format'] | null {
  if (given === undefined || given === null || given === '') return null;
  const format = String(given).trim().toLowerCase().replace(/^\./, '');
  if (format === 'xlsx' || format === 'csv') return format;
  if (format === 'excel') return 'xlsx';
  throw new ArgumentsError(`${name} must be "xlsx" or "csv".`, {
    hint: 'Nothing was sent. Give "xlsx" for Excel, or "csv".',
  });
}

function parseMore(given: unknown, name: string): JsonObject | null {
  const members = parsedContainer(given);
  if (members === null || members === undefined) return null;
  if (isJsonObject(members)) return members;
  throw new ArgumentsError(`${name} must be an object of further arguments.`, {
    hint: `Nothing was sent. Give the arguments side by side, or in ${name} as {"name": value}.`,
  });
}

/** A list, or as models write it too: `"a,b"`, `"[\"a\"]"`, `"*"`. */
function parseFields(given: unknown): readonly string[] | null {
  if (given === undefined || given === null) return null;
  const list = typeof given === 'string' ? given.replace(/["[\]\s]/g, '').split(',') : given;
  if (!Array.isArray(list) || !list.every((name) => typeof name === 'string')) {
    throw new ArgumentsError('fields must be a list of names.', {
      hint: 'Nothing was sent. Give fields as ["number","total"], or ["*"] for all.',
    });
  }
  const names = list.map((name: string) => name.trim()).filter((name) => name !== '');
  return names.length === 0 ? null : [...new Set(names)];
}

/** More than the most counts as the most. */
function parseMaxChars(given: unknown): number | null {
  if (given === undefined || given === null) return null;
  const isNumeric = ['number', 'bigint', 'string'].includes(typeof given);
  const number = isNumeric ? Number(given) : Number.NaN;
  if (!Number.isInteger(number) || number < LEAST_CHARS) {
    throw new ArgumentsError(`max_chars must be a whole number from ${LEAST_CHARS} to ${MOST_CHARS}.`, {
      hint: 'Nothing was sent. Leave it out, or ask for fewer fields or rows instead.',
    });
  }
  return Math.min(number, MOST_CHARS);
}

function parseCursor(given: unknown): number | null {
  if (given === undefined || given === null || given === '') return null;
  const text = String(given);
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new ArgumentsError('This cursor does not come from an answer of this tool.', {
    hint: 'Nothing was sent. Pass next_cursor of the last answer, or leave cursor out to start from the beginning.',
  });
}

/** @param hint what to do instead */
function flag(hint: string): OwnArgument<boolean>['parse'] {
  return (given, name) => {
    if (given === undefined || given === null) return null;
    if (given === true || given === 'true') return true;
    if (given === false || given === 'false') return false;
    throw new ArgumentsError(`${name} must be true or false.`, { hint: `Nothing was sent. ${hint}` });
  };
}

function parseLine(given: unknown, name: string): number | null {
  if (given === undefined || given === null) return null;
  if (/^[1-9]\d{0,5}$/.test(String(given))) return Number(given);
  throw new ArgumentsError(`${name} must be the position of a line, counted from 1.`, {
    hint: `Nothing was sent. Give ${name} with the fields of that line to change, or leave it out.`,
  });
}

/** Empty for what cannot be a code. */
function parseCode(given: unknown): string | null {
  if (given === undefined || given === null) return null;
  return typeof given === 'string' ? given.trim() : '';
}
