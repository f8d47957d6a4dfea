/** SHA-256 of short texts, for what runs before anything is answered: loading Node's own costs more than all the rest. */

/** In hexadecimal. */
export function sha256(text: string): string {
  const [state, rounds] = constants();
  const message = Buffer.from(text);
  const padded = new Int32Array(Math.ceil((message.length + 9) / 64) * 16);
  const put = (byte: number, at: number) => {
    padded[at >> 2] = (padded[at >> 2] ?? 0) | (byte << (24 - (at & 3) * 8));
  };
  message.forEach(put);
  put(0x80, message.length);
  padded[padded.length - 1] = message.length * 8;
  for (let at = 0; at < padded.length; at += 16) takeBlock(state, schedule(padded.subarray(at, at + 16)), rounds);
  return Buffer.from(state.buffer).swap32().toString('hex');
}

/** The fractional parts of the square and cube roots of the first primes, which the algorithm begins with. */
function constants(): readonly [Int32Array<ArrayBuffer>, Int32Array] {
  const state = new Int32Array(8);
  const rounds = new Int32Array(64);
  const fraction = (root: number) => (root - Math.floor(root)) * 2 ** 32;
  for (let number = 2, count = 0; count < 64; number++) {
    let divisor = 2;
    while (number % divisor !== 0) divisor++;
    if (divisor < number) continue;
    // An index past the end of the state changes nothing.
    state[count] = fraction(Math.sqrt(number));
    rounds[count++] = fraction(Math.cbrt(number));
  }
  return [state, rounds];
}

function schedule(block: Int32Array): Int32Array {
  const words = new Int32Array(64);
  words.set(block);
  for (let index = 16; index < 64; index++) {
    const early = words[index - 15] ?? 0;
    const late = words[index - 2] ?? 0;
    const small = ((early >>> 7) | (early << 25)) ^ ((early >>> 18) | (early << 14)) ^ (early >>> 3);
    const large = ((late >>> 17) | (late << 15)) ^ ((late >>> 19) | (late << 13)) ^ (late >>> 10);
    words[index] = (words[index - 16] ?? 0) + small + (words[index - 7] ?? 0) + large;
  }
  return words;
}

// The rotations are written out: a function of their own takes longer than all the rest before it is compiled.
function takeBlock(state: Int32Array, words: Int32Array, rounds: Int32Array): void {
  let [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = state;
  for (let index = 0; index < 64; index++) {
    const eRotated = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
    const first = (h + eRotated + ((e & f) ^ (~e & g)) + (rounds[index] ?? 0) + (words[index] ?? 0)) | 0;
    const aRotated = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
    const second = (aRotated + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    h = g;
    g = f;
    f = e;
    e = (d + first) | 0;
    d = c;
    c = b;
    b = a;
    a = (first + second) | 0;
  }
  for (const [index, word] of [a, b, c, d, e, f, g, h].entries()) state[index] = (state[index] ?? 0) + word;
}
