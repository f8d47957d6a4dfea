/** A hint that a person at a terminal reads never speaks of "the user" or of calls, and one that a model reads never gives it a command to run. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type AnyNode, type Expression, parse } from 'acorn';
import { transformSync } from 'esbuild';
import { describe, expect, it } from 'vitest';

const SRC = resolve(import.meta.dirname, '../../src');
/** What runs only as a command, or before a bridge is there: no model reads it. */
const COMMANDS_ONLY = /^(?:(?:cli|setup|doctor|config|demo)\/|auth\/write-profile\.ts$)/;

const ABOUT_THE_USER = /\b(?:the|your) users?\b/i;
/** A model calls tools; a person runs a command. */
const ABOUT_CALLS = /\bcall (?:\S+ |the tool )?again\b|\ballow_duplicate: true\b/i;
/** An option or a command line of ours, or of the shell. */
const COMMAND = /`(?:lucanto-mcp|npx|npm)\b|(?<![\w-])--[a-z]|\bLUCANTO_[A-Z]|\bchmod\b|\bchown\b/;

type Reader = 'person' | 'model';
interface Hint {
  readonly file: string;
  readonly text: string;
  readonly readers: readonly Reader[];
}

const BOTH: readonly Reader[] = ['person', 'model'];
const READERS: Readonly<Record<string, readonly Reader[]>> = {
  ...{ hint: BOTH, person: ['person'], model: ['model'] },
  /** Of an answer that only models get so. */
  modelHint: ['model'],
};

/** Every text that an expression may come to; `…` stands for what is filled in. */
function textsOf(node: Expression | AnyNode): readonly string[] {
  switch (node.type) {
    case 'Literal':
      return typeof node.value === 'string' ? [node.value] : [];
    case 'TemplateLiteral':
      return [node.quasis.map(({ value }) => value.cooked ?? '').join('…')];
    case 'ConditionalExpression':
      return [...textsOf(node.consequent), ...textsOf(node.alternate)];
    case 'LogicalExpression':
      return [...textsOf(node.left), ...textsOf(node.right)];
    default:
      return [];
  }
}

/** Hints by where they stand: members named `hint`, `person` and `model`, constants and functions named after hints. */
function hintsAt(node: AnyNode): readonly (readonly [readonly Reader[], readonly string[]])[] {
  if (node.type === 'Property' && node.key.type === 'Identifier') {
    const readers = READERS[node.key.name];
    return readers === undefined ? [] : [[readers, textsOf(node.value)]];
  }
  if (node.type === 'VariableDeclarator' && node.id.type === 'Identifier' && /hint$/i.test(node.id.name)) {
    return node.init == null ? [] : [[READERS[node.id.name] ?? BOTH, textsOf(node.init)]];
  }
  if (node.type === 'FunctionDeclaration' && /hint$|^hintFor$|^checkFirst$|^whereToLook$/i.test(node.id?.name ?? '')) {
    const returned = nodesIn(node.body).flatMap((one) =>
      one.type === 'ReturnStatement' && one.argument != null ? textsOf(one.argument) : [],
    );
    return [[BOTH, returned]];
  }
  return [];
}

function nodesIn(value: unknown): readonly AnyNode[] {
  if (Array.isArray(value)) return value.flatMap(nodesIn);
  if (!isNode(value)) return [];
  return [value, ...Object.values(value).flatMap(nodesIn)];
}

function isNode(value: unknown): value is AnyNode {
  return typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';
}

function hintsOf(file: string, source: string): readonly Hint[] {
  const { code } = transformSync(source, { loader: 'ts', format: 'esm' });
  const program = parse(code, { ecmaVersion: 'latest', sourceType: 'module' });
  return nodesIn(program)
    .flatMap(hintsAt)
    .flatMap(([readers, texts]) => texts.map((text) => ({ file, text, readers })));
}

function isMetBy(reader: Reader, { file, readers }: Hint): boolean {
  return readers.includes(reader) && !(reader === 'model' && COMMANDS_ONLY.test(file));
}

/** What the other reader should have been told. */
function wrongFor(reader: Reader, hints: readonly Hint[]): readonly string[] {
  return hints
    .filter((hint) => isMetBy(reader, hint))
    .filter(({ text }) =>
      reader === 'person'
        ? ABOUT_THE_USER.test(text) || ABOUT_CALLS.test(text)
        : COMMAND.test(text) && !ABOUT_THE_USER.test(text),
    )
    .map(({ file, text }) => `${file}: ${text}`);
}

const all = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts'))
  .flatMap((file) => hintsOf(file.replaceAll('\\', '/'), readFileSync(join(SRC, file), 'utf8')));

describe('Hints', () => {
  it('are found in every folder that has some', () => {
    expect(all.length).toBeGreaterThan(150);
    const folders = new Set(all.map(({ file }) => file.split('/')[0]));
    const expected = [
      'auth',
      'backends',
      'bridge',
      'catalog',
      'cli',
      'confirm',
      'core',
      'files',
      'http',
      'tools',
      'writes',
    ];
    expect([...folders]).toEqual(expect.arrayContaining(expected));
  });

  it('for a person at a terminal speak to that person, not of "the user" or of calling a tool again', () => {
    expect(wrongFor('person', all)).toEqual([]);
  });

  it('for a model give commands and options to the user, not to the model', () => {
    expect(wrongFor('model', all)).toEqual([]);
  });

  it.each([
    ['person', "f({ hint: 'Ask the user to look.' })"],
    ['person', "f({ hint: 'Nothing was sent. Call it again.' })"],
    ['person', "const hint = { person: `Tell the user.`, model: 'M.' };"],
    ['model', "f({ hint: ok ? 'Fine.' : 'Run `lucanto-mcp login`.' })"],
    ['model', "const again = { person: 'P.', model: 'Add --backend rest.' };"],
    ['model', "function pinHint() { return 'Start it with --workspace 42.'; }"],
  ] as const)('that reach the wrong reader are noticed: %s, %s', (reader, source) => {
    expect(wrongFor(reader, hintsOf('http/x.ts', source))).toHaveLength(1);
  });
});
