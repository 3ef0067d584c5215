/** Print how many lines a transcript has, and how many seconds of a processor it takes to verify it. */
import { readFileSync } from "node:fs";
import { verify } from "../../draws/scripts/verify.js";

const raw = new Uint8Array(readFileSync(process.argv[2] ?? ""));
const begun = process.cpuUsage();
const { total } = verify(raw);
const { user, system } = process.cpuUsage(begun);
process.stdout.write(`${total} ${(user + system) / 1e6}\n`);
