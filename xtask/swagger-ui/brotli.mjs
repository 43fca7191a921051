// Puts a file into brotli, as small as it gets, or takes it out again.
//
//   node brotli.mjs compress FROM TO
//   node brotli.mjs decompress FROM TO

import { readFileSync, writeFileSync } from "node:fs";
import { brotliCompressSync, brotliDecompressSync, constants } from "node:zlib";

const [what, from, to] = process.argv.slice(2);
const bytes = readFileSync(from);
const params = {
  [constants.BROTLI_PARAM_QUALITY]: 11,
  // The widest every browser takes; a wider one makes these files no smaller.
  [constants.BROTLI_PARAM_LGWIN]: 22,
  [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
};
const made = {
  compress: () => brotliCompressSync(bytes, { params }),
  decompress: () => brotliDecompressSync(bytes),
}[what]();
writeFileSync(to, made);
