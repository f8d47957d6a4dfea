/**
 * Patterns of foreign schemas, run only as far as they surely end soon. JavaScript's regular expressions backtrack, so
 * that `^(a+)+$` can freeze the process; the cost of a pattern is therefore estimated from its shape before it is run, and
 * decides how long a text it may see. What is too costly the service checks by itself.
 */

/** In the worst case it tries `ways` times the length of the text to the power of `power`. */
interface Cost {
  readonly power: number;
  readonly ways: number;
}

const MOST_STEPS = 20_000_000;
const LONGEST_PATTERN = 500;
/** A repetition that may be longer counts like one without an end. */
const LONG_REPETITION = 100;
const ONCE: Cost = { power: 0, ways: 1 };

/**
 * How many characters the text may have that the pattern is run on.
 * @returns 0 for a pattern that is not run at all
 */
export function longestText(pattern: string): number {
  if (pattern.length > LONGEST_PATTERN) return 0;
  try {
    const { power, ways } = new CostReader(pattern).read();
    // Without an anchor the match is tried at every character.
    const tries = power + (/^\^[^|]*$/.test(pattern) ? 0 : 1);
    return Math.floor((MOST_STEPS / ways) ** (1 / Math.max(1, tries)));
  } catch {
    return 0;
  }
}

/** A regular expression that lets everything pass that is not checked. @throws SyntaxError */
export function boundedRegExp(pattern: string, flags: string): { test(text: string): boolean; toString(): string } {
  const longest = longestText(pattern);
  const expression = new RegExp(pattern, flags);
  return {
    test: (text) => text.length > longest || expression.test(text),
    toString: () => String(expression),
  };
}

class CostReader {
  readonly #pattern: string;
  #at = 0;

  constructor(pattern: string) {
    this.#pattern = pattern;
  }

  /** @throws RangeError where the cost has no bound, or cannot be estimated */
  read(): Cost {
    const cost = this.#alternatives();
    if (this.#at < this.#pattern.length) throw new RangeError('its cost has no bound');
    return cost;
  }

  #alternatives(): Cost {
    let { power, ways } = this.#sequence();
    while (this.#takes('|')) {
      const other = this.#sequence();
      power = Math.max(power, other.power);
      ways += other.ways;
    }
    return { power, ways };
  }

  #sequence(): Cost {
    let { power, ways } = ONCE;
    while (this.#at < this.#pattern.length && !/[|)]/.test(this.#pattern.charAt(this.#at))) {
      const part = this.#repeated(this.#atom());
      power += part.power;
      ways *= part.ways;
    }
    return { power, ways };
  }

  #atom(): Cost {
    if (this.#takes('(')) {
      if (this.#takes('?') && !this.#takes(':') && this.#match(/<[A-Za-z_$][\w$]*>/y) === null)
        throw new RangeError('its cost has no bound');
      const inner = this.#alternatives();
      if (!this.#takes(')')) throw new RangeError('its cost has no bound');
      return inner;
    }
    // A reference to what was matched before can cost anything.
    if (this.#match(/\\(?:[1-9]|k)/y) !== null) throw new RangeError('its cost has no bound');
    if (
      this.#match(/\[(?:[^\]\\]|\\.)*\]|\\(?:[pP]\{[^}]*\}|u\{[^}]*\}|u[\da-fA-F]{4}|.)|[^*+?{}[\]()|\\]/suy) === null
    )
      throw new RangeError('its cost has no bound');
    return ONCE;
  }

  #repeated(atom: Cost): Cost {
    const isSimple = atom.power === 0 && atom.ways === 1;
    const [least, most] = this.#bounds();
    if (most > LONG_REPETITION && least !== most) {
      if (!isSimple) throw new RangeError('its cost has no bound');
      return { power: 1, ways: 1 };
    }
    return { power: atom.power * most, ways: atom.ways ** most * (most - least + 1) };
  }

  #bounds(): readonly [number, number] {
    const [all, from, comma, to] = this.#match(/(?:[*+?]|\{(\d+)(,?)(\d*)\})\??/y) ?? [''];
    if (all === '') return [1, 1];
    if (all.startsWith('?')) return [0, 1];
    if (all.startsWith('*') || all.startsWith('+')) return [0, Number.POSITIVE_INFINITY];
    const least = Number(from);
    return [least, comma === '' ? least : to === '' || to === undefined ? Number.POSITIVE_INFINITY : Number(to)];
  }

  #takes(sign: string): boolean {
    if (this.#pattern.charAt(this.#at) !== sign) return false;
    this.#at += 1;
    return true;
  }

  /** @param expression sticky */
  #match(expression: RegExp): RegExpExecArray | null {
    expression.lastIndex = this.#at;
    const found = expression.exec(this.#pattern);
    if (found !== null) this.#at = expression.lastIndex;
    return found;
  }
}
