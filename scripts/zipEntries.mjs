// The names in a ZIP file, read from its central directory (APPNOTE 4.3.12 and 4.3.16).
import { readFile } from 'node:fs/promises';

const endOfCentralDirectory = 0x06054b50;
const centralFileHeader = 0x02014b50;

/**
 * @param {string} path A ZIP file of less than 4 GB.
 * @returns {Promise<{ name: string, size: number }[]>} Sizes are those of the unpacked files, in bytes.
 */
export async function zipEntries(path) {
  const bytes = await readFile(path);
  let end = bytes.length - 22;
  while (end >= 0 && bytes.readUInt32LE(end) !== endOfCentralDirectory) {
    end -= 1;
  }
  if (end < 0) {
    throw new Error(`${path} is not a ZIP file.`);
  }
  const entries = [];
  let offset = bytes.readUInt32LE(end + 16);
  for (let left = bytes.readUInt16LE(end + 10); left > 0; left -= 1) {
    if (bytes.readUInt32LE(offset) !== centralFileHeader) {
      throw new Error(`${path} has a broken central directory.`);
    }
    const nameLength = bytes.readUInt16LE(offset + 28);
    const name = bytes.toString('utf8', offset + 46, offset + 46 + nameLength);
    entries.push({ name, size: bytes.readUInt32LE(offset + 24) });
    offset += 46 + nameLength + bytes.readUInt16LE(offset + 30) + bytes.readUInt16LE(offset + 32);
  }
  return entries;
}
