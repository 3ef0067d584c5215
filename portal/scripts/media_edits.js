// @ts-check
/** Parts of a track that are still in the file, but that its edit list leaves out (ISO 14496-12, 8.6.6). */

/** @typedef {import("./boxes.js").Reader} Reader */
/** @typedef {import("./boxes.js").Box} Box */

/** An encoder needs less than this at the beginning and at the end of a track, in seconds. */
const SLACK_S = 0.5;
const MOST_ROWS = 1_000;

/**
 * Return whether a track is longer than what a player shows of it; throws any error from reading.
 * @param {Reader} reader
 * @param {{ elst: Box, mdhd: Box, mvhd: Box }} boxes of the track and of the film, which are long enough
 */
export async function isCut(reader, { elst, mdhd, mvhd }) {
  const width = (await reader.uint(elst.body, 1)) ? 8 : 4;
  const rows = await reader.uint(elst.body + 4, 4);
  if (rows > MOST_ROWS) return true;
  let shown = 0;
  for (let row = 0; row < rows; row += 1) {
    const at = elst.body + 8 + row * (2 * width + 4);
    // A gap begins at the time −1.
    const isGap = (await reader.bytes(at + width, width)).every((byte) => byte === 0xff);
    if (!isGap) shown += await reader.uint(at, width);
  }
  const film = await clock(reader, mvhd);
  const track = await clock(reader, mdhd);
  if (!film.scale || !track.scale) return true;
  return track.duration / track.scale - shown / film.scale > SLACK_S;
}

/**
 * @param {Reader} reader
 * @param {Box} box `mvhd` or `mdhd`
 */
async function clock(reader, { body }) {
  const [at, width] = (await reader.uint(body, 1)) ? [20, 8] : [12, 4];
  return { scale: await reader.uint(body + at, 4), duration: await reader.uint(body + at + 4, width) };
}
