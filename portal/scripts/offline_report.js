// @ts-check
/** Write a report in the offline form: text, case token, sealed file. */

import { whenPressed } from "./dom.js";
import { guarded } from "./guarded.js";
import { whenWritten } from "./parts.js";
import { Progress } from "./progress.js";
import { finish, written } from "./reportform.js";
import { checkToken, newToken, offerToSend, showToken } from "./tokensteps.js";

const progress = new Progress("progress", "progress-text");
/** The form makes one token for one report. For another report, the person opens the form again. */
const token = newToken();
/** @type {import("#delivery").Delivery} */
let delivery;

async function toToken() {
  const made = await written(token);
  if (!made) return;
  delivery = made.delivery;
  showToken(token);
}

function seal() {
  return guarded("confirm-error", async () => {
    checkToken();
    offerToSend(false);
    try {
      progress.start();
      await delivery.attempt((part) => progress.show(part));
    } finally {
      progress.stop();
      offerToSend(true);
    }
    finish();
  });
}

whenWritten(toToken);
whenPressed("send", seal);
