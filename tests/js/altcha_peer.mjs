/** altcha-lib as it comes, solving the challenge (JSON) in the first argument; the payload is printed. */
import { solveChallenge } from "altcha-lib";
import { deriveKey } from "altcha-lib/algorithms/web/pbkdf2";

const challenge = JSON.parse(process.argv[2] ?? "{}");
const solution = await solveChallenge({ challenge, deriveKey });
console.log(btoa(JSON.stringify({ challenge, solution })));
