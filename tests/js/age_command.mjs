/** The command `age -r RECIPIENT -o OUT IN` with npm's age-encryption, which supports hybrid recipients. */
import { readFileSync, writeFileSync } from "node:fs";
import { Encrypter } from "age-encryption";

const [dash, recipient = "", out, to = "", from = ""] = process.argv.slice(2);
if (dash !== "-r" || out !== "-o") throw new Error("usage: age -r RECIPIENT -o OUT IN");
const encrypter = new Encrypter();
encrypter.addRecipient(recipient);
writeFileSync(to, await encrypter.encrypt(readFileSync(from)));
