// The bundle's icon, drawn: an invoice on a rounded square. Claude Desktop wants a PNG of 512 × 512.
import { deflateSync } from 'node:zlib';

const SIZE = 512;
/** Samples per pixel and direction, for smooth edges. */
const FINE = 4;

const GROUND = [31, 78, 121];
const PAPER = [255, 255, 255];
const INK = [147, 176, 204];
const SUM = [31, 78, 121];

/** Later shapes cover earlier ones: [colour, left, top, right, bottom, radius]. */
const SHAPES = [
  [GROUND, 0, 0, 512, 512, 112],
  [PAPER, 136, 96, 376, 416, 20],
  [SUM, 172, 138, 268, 162, 12],
  [INK, 172, 204, 340, 220, 8],
  [INK, 172, 244, 340, 260, 8],
  [INK, 172, 284, 300, 300, 8],
  [SUM, 244, 344, 340, 372, 14],
];

function covers([, left, top, right, bottom, radius], x, y) {
  const outsideX = Math.max(left + radius - x, x - (right - radius), 0);
  const outsideY = Math.max(top + radius - y, y - (bottom - radius), 0);
  return outsideX ** 2 + outsideY ** 2 <= radius ** 2;
}

function pixel(column, row) {
  const sum = [0, 0, 0, 0];
  for (let step = 0; step < FINE * FINE; step += 1) {
    const x = column + ((step % FINE) + 0.5) / FINE;
    const y = row + (Math.floor(step / FINE) + 0.5) / FINE;
    const top = SHAPES.findLast((shape) => covers(shape, x, y));
    if (top === undefined) continue;
    for (const [channel, value] of top[0].entries()) sum[channel] += value;
    sum[3] += 1;
  }
  const [red, green, blue, hits] = sum;
  return hits === 0 ? [0, 0, 0, 0] : [red / hits, green / hits, blue / hits, (255 * hits) / FINE ** 2].map(Math.round);
}

// Node's own came with 20.15 and 22.2 only.
function crc32(bytes) {
  let crc = ~0;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
}

function chunk(type, data) {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const whole = Buffer.alloc(body.length + 8);
  whole.writeUInt32BE(data.length, 0);
  body.copy(whole, 4);
  whole.writeUInt32BE(crc32(body), body.length + 4);
  return whole;
}

/** @returns {Buffer} a PNG, 8 bits per channel, with transparency */
export function drawIcon() {
  const header = Buffer.from([0, 0, 0, 0, 0, 0, 0, 0, 8, 6, 0, 0, 0]);
  header.writeUInt32BE(SIZE, 0);
  header.writeUInt32BE(SIZE, 4);
  const rows = Array.from({ length: SIZE }, (_, row) => [
    0,
    ...Array.from({ length: SIZE }, (_, column) => pixel(column, row)).flat(),
  ]);
  const image = deflateSync(Buffer.from(rows.flat()), { level: 9 });
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([signature, chunk('IHDR', header), chunk('IDAT', image), chunk('IEND', Buffer.alloc(0))]);
}
