/**
 * The age implementation of browsers as a peer for tests: one JSON request per line in, one answer per line out.
 *
 * {do: "recipient", identity} → {recipient}
 * {do: "seal", recipient | passphrase, data} → {data}
 * {do: "open", identity | passphrase, data} → {data}, or {error} if it does not open
 *
 * Data are base64.
 */
import { createInterface } from "node:readline";
import { Decrypter, Encrypter, identityToRecipient } from "age-encryption";

/** A low work factor for scrypt, because the pure JavaScript of the peer computes scrypt slowly. */
const WORK = 10;

/** @param {Record<string, string>} request */
async function seal(request) {
  const encrypter = new Encrypter();
  if (request.passphrase) {
    encrypter.setScryptWorkFactor(WORK);
    encrypter.setPassphrase(request.passphrase);
  }
  if (request.recipient) encrypter.addRecipient(request.recipient);
  const sealed = await encrypter.encrypt(Buffer.from(request.data ?? "", "base64"));
  return Buffer.from(sealed);
}

/** @param {Record<string, string>} request */
async function open(request) {
  const decrypter = new Decrypter();
  if (request.passphrase) decrypter.addPassphrase(request.passphrase);
  if (request.identity) decrypter.addIdentity(request.identity);
  const data = Buffer.from(request.data ?? "", "base64");
  return Buffer.from(await decrypter.decrypt(data));
}

/** @param {Record<string, string>} request */
async function answer(request) {
  if (request.do === "recipient") return { recipient: await identityToRecipient(request.identity ?? "") };
  if (request.do === "seal") return { data: (await seal(request)).toString("base64") };
  try {
    return { data: (await open(request)).toString("base64") };
  } catch (error) {
    return { error: String(error) };
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  process.stdout.write(`${JSON.stringify(await answer(JSON.parse(line)))}\n`);
}
