// @ts-check
/** Pictures that are made from others (ISO 23008-12, 6.6.2): how long their descriptions are. */

/** @typedef {import("./media_locations.js").Reference} Reference */

/** The flag of numbers with 32 bits instead of 16, in the second byte. */
const WIDE = 1;
// A grid: version, flags, rows, columns, width and height.
const GRID = 4;
// Layers: version, flags, a colour, width and height, and a place for each picture.
const LAYERS = 10;
// A map of tones (ISO 21496-1, C.2.2): versions, flags, brightness, and five fractions for each colour or for all.
const TONES_FLAGS = 5;
const HAS_COLOURS = 0x80;
const TONES = 22;
const FRACTIONS = 40;
const COLOURS = 3;

/**
 * Return the size in bytes that a description needs at most; bytes after it have no meaning.
 * @param {string} type of the picture
 * @param {Uint8Array} bytes of the beginning
 * @param {number} pictures from which it is made
 * @returns {number}
 */
export function needed(type, bytes, pictures) {
  const pair = Number(bytes[1]) & WIDE ? 8 : 4;
  if (type === "grid") return GRID + pair;
  if (type === "iovl") return LAYERS + pair * (1 + pictures);
  if (type === "tmap") return TONES + FRACTIONS * (Number(bytes[TONES_FLAGS]) & HAS_COLOURS ? COLOURS : 1);
  return 0;
}

/** The types of pictures that are made from others. */
export const DERIVED = ["grid", "iovl", "iden", "tmap"];
