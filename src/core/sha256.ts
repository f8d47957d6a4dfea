/** SHA-256 of short texts, for what runs before anything is answered: loading Node's own costs more than all the rest. */

/** The fractional parts of the square and cube roots of the first primes, which the algorithm begins with. */
function constants(): { readonly start: readonly number[]; readonly rounds: readonly number[] } {
  const primes: number[] = [];
  for (let number = 2; primes.length < 64; number++) {
    if (primes.every((prime) => number % prime !== 0)) primes.push(number);
  }
  const fraction = (root: number) => ((root - Math.floor(root)) * 2 ** 32) | 0;
  return {
    start: primes.slice(0, 8).map((prime) => fraction(Math.sqrt(prime))),
    rounds: primes.map((prime) => fraction(Math.cbrt(prime))),
  };
}

/** In hexadecimal. */
export function sha256(text: string): string {
  const { start, rounds } = constants();
  const message = Buffer.from(text);
  const padded = Buffer.alloc(Math.ceil((message.length + 9) / 64) * 64);
  message.copy(padded);
  padded[message.length] = 0x80;
  padded.writeUInt32BE(message.length * 8, padded.length - 4);
  let state = start;
  for (let at = 0; at < padded.length; at += 64) state = afterBlock(state, words(padded, at), rounds);
  return state.map((word) => (word >>> 0).toString(16).padStart(8, '0')).join('');
}

function words(padded: Buffer, at: number): number[] {
  const schedule: number[] = [];
  const back = (index: number, steps: number) => schedule[index - steps] ?? 0;
  for (let index = 0; index < 16; index++) schedule.push(padded.readInt32BE(at + index * 4));
  for (let index = 16; index < 64; index++) {
    const [early, late] = [back(index, 15), back(index, 2)];
    const small = rotated(early, 7) ^ rotated(early, 18) ^ (early >>> 3);
    const large = rotated(late, 17) ^ rotated(late, 19) ^ (late >>> 10);
    schedule.push((back(index, 16) + small + back(index, 7) + large) | 0);
  }
  return schedule;
}

function afterBlock(state: readonly number[], schedule: readonly number[], rounds: readonly number[]): number[] {
  let [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = state;
  for (let index = 0; index < 64; index++) {
    const choice = (rotated(e, 6) ^ rotated(e, 11) ^ rotated(e, 25)) + ((e & f) ^ (~e & g));
    const first = (h + choice + (rounds[index] ?? 0) + (schedule[index] ?? 0)) | 0;
    const second = ((rotated(a, 2) ^ rotated(a, 13) ^ rotated(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    h = g;
    g = f;
    f = e;
    e = (d + first) | 0;
    d = c;
    c = b;
    b = a;
    a = (first + second) | 0;
  }
  return [a, b, c, d, e, f, g, h].map((word, index) => (word + (state[index] ?? 0)) | 0);
}

function rotated(word: number, bits: number): number {
  return (word >>> bits) | (word << (32 - bits));
}
