// The packer writes the time of packing into every entry; without it, equal contents are equal archives.

const END_OF_DIRECTORY = 0x06054b50;
const DIRECTORY_ENTRY = 0x02014b50;
/** 1 January 1980, 00:00, the earliest that the format knows. */
const EPOCH = 0x00210000;

/** @param {Buffer} zip changed in place @returns {number} how many entries it holds */
export function fixTimes(zip) {
  // The archive has no comment, so its last 22 bytes are the end of the directory.
  const end = zip.length - 22;
  if (zip.readUInt32LE(end) !== END_OF_DIRECTORY) throw new Error('the archive does not end as the packer ends it');
  const count = zip.readUInt16LE(end + 10);
  let at = zip.readUInt32LE(end + 16);
  for (let index = 0; index < count; index += 1) {
    if (zip.readUInt32LE(at) !== DIRECTORY_ENTRY)
      throw new Error(`entry ${index} of the archive is not where it should be`);
    zip.writeUInt32LE(EPOCH, at + 12);
    zip.writeUInt32LE(EPOCH, zip.readUInt32LE(at + 42) + 10);
    at += 46 + zip.readUInt16LE(at + 28) + zip.readUInt16LE(at + 30) + zip.readUInt16LE(at + 32);
  }
  return count;
}
