/** How the shells of people read a line that they paste, written after the rules of those shells. */

export interface ReadBack {
  readonly words: readonly string[];
  /** Runs more than one command, or writes a file. */
  readonly breaks: boolean;
}

/**
 * cmd.exe at its prompt, then the script that npm writes (`node … %*`), then the C library's argv.
 * @param variables those that are set
 */
export function readByCmd(line: string, variables: Readonly<Record<string, string>>): ReadBack {
  // Variables come first, whether between quotes or not; one that is not set stays as it is.
  const expanded = line.replace(/%([^%]+)%/g, (all, name: string) => variables[name.toUpperCase()] ?? all);
  const typed = cmdPhase(expanded);
  // `%*` is put into the script's line as it is, and read once more.
  const inScript = cmdPhase(typed.text);
  return { words: argvOf(inScript.text), breaks: typed.breaks || inScript.breaks };
}

/** Carets and command separators, which count outside quotes only. */
function cmdPhase(line: string): { readonly text: string; readonly breaks: boolean } {
  let isQuoted = false;
  let breaks = false;
  let text = '';
  for (let at = 0; at < line.length; at++) {
    const mark = line.charAt(at);
    if (mark === '"') isQuoted = !isQuoted;
    if (!isQuoted && mark === '^') {
      at += 1;
      text += line.charAt(at);
      continue;
    }
    if (!isQuoted && /[&|<>\n]/.test(mark)) breaks = true;
    text += mark;
  }
  return { text, breaks };
}

/** As the C library of Windows splits a line: backslashes count before a quote, `""` between quotes is one. */
function argvOf(line: string): readonly string[] {
  const words: string[] = [];
  let word: string | null = null;
  let isQuoted = false;
  for (let at = 0; at < line.length; at++) {
    const [run = ''] = /^\\*/.exec(line.slice(at)) ?? [];
    if (run !== '') {
      const isBeforeQuote = line[at + run.length] === '"';
      word = (word ?? '') + '\\'.repeat(isBeforeQuote ? Math.floor(run.length / 2) : run.length);
      at += run.length - 1;
      if (isBeforeQuote && run.length % 2 === 1) {
        word += '"';
        at += 1;
      }
    } else if (line[at] === '"') {
      word ??= '';
      if (isQuoted && line[at + 1] === '"') {
        word += '"';
        at += 1;
      } else isQuoted = !isQuoted;
    } else if (!isQuoted && /[ \t]/.test(line.charAt(at))) {
      if (word !== null) words.push(word);
      word = null;
    } else word = (word ?? '') + line.charAt(at);
  }
  return word === null ? words : [...words, word];
}

/** PowerShell 7 with a program's arguments, with no variable set; null where a word is not what it reads literally. */
export function readByPowerShell(line: string): readonly string[] | null {
  const words: string[] = [];
  let rest = line.trimStart();
  while (rest !== '') {
    const quoted = /^"((?:[^"]|"")*)"(?=\s|$)/.exec(rest);
    const bare = /^[^\s"'`$,;&|<>(){}@#][^\s"'`$,;&|<>(){}]*(?=\s|$)/.exec(rest);
    if (quoted !== null) {
      const [, text = ''] = quoted;
      if (/\$[\w{(?^$:]|`|[\u201c-\u201e]/.test(text)) return null;
      words.push(text.replaceAll('""', '"'));
    } else if (bare !== null && !/^-\w[^-]*[.:]/.test(bare[0])) words.push(bare[0]);
    else return null;
    rest = rest.slice((quoted ?? bare)?.[0].length).trimStart();
  }
  return words;
}
