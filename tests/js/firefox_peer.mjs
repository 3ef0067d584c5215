/**
 * People who use the pages in this machine's Firefox: one JSON request per line in, one answer per line out.
 *
 * The first line is {executable, preferences}.
 * {do: "visit", language, address} → {}: a new person with a fresh profile opens the address
 * {do: "size", width, height} → {}: set the size of the page
 * {do: "go", address} → {}
 * {do: "back", address} → {}: go back, and wait until the tab shows this address
 * {do: "press", key} → {}
 * {do: "type", text} → {}
 * {do: "texts", selector} → {texts}: the texts of all these elements, once one is visible
 * {do: "ask", function, argument} → {answer}: the result of a function in the page
 * {do: "report", text} → {words, seconds, compiles}
 * {do: "bring", files} → {}: choose files on an open report, and wait until the page has examined them
 * {do: "choose", files, text} → {}: prepare a report with these files; its last button remains to be pressed
 * {do: "send"} → {said}: the error on the page, if any
 * {do: "open", words} → {status, messages}
 * {do: "mistype", words} → {offered, becomes}: the suggestions, and the field after one was accepted
 * {do: "withdraw", begin} → {begun, meant, path}: begin a message, then withdraw the report, with double clicks
 * {do: "write", text} → {seconds}
 * {do: "seal", form, keys, text} → {words, seconds}: seal a file with the offline form; the keys are two files
 * {do: "locate", form, keys, words} → {locator}
 * {do: "read", slot} → {status, messages}: read the slot of the located case
 * {do: "print", address, paper, file} → {}: a new person prints a page into a file
 * {do: "return"} → {control, reloaded, returned}: text that remains in a plain field, and in the field for words
 * {do: "sit", address, officer, passphrase} → {present}: a new person signs in to the desk
 * {do: "walk", queue, keys} → {rows, focused, heading}: where these keys lead in the queue, and which page Enter opens
 * {do: "draft", part, text} → {said, kept}: write a note, and read it after the page was opened again
 * {do: "assess", part, risk, reason} → {said, risk}: assess the case with its form
 */
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import puppeteer from "puppeteer-core";

const PATIENCE_MS = 60_000;
const POLL_MS = 20;
const PLAIN = "data:text/html,<textarea id=token></textarea>";

const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const { executable, preferences } = JSON.parse((await lines.next()).value);
const browser = await puppeteer.launch({
  browser: "firefox",
  executablePath: executable,
  extraPrefsFirefox: preferences,
});
/** @type {import("puppeteer-core").BrowserContext | undefined} */
let person;
/** @type {import("puppeteer-core").Page} */
let page;
let site = "";

/** @param {string} selector */
const seen = (selector) => page.waitForSelector(selector, { visible: true });
/** @param {string} selector */
const texts = (selector) => page.$$eval(selector, (found) => found.map((each) => each.textContent ?? ""));
/** @param {string} selector */
async function press(selector) {
  await seen(selector);
  await page.click(selector);
}

/**
 * @param {string} pressed
 * @param {string} awaited
 */
async function secondsFrom(pressed, awaited) {
  const begun = performance.now();
  await press(pressed);
  await seen(awaited);
  return (performance.now() - begun) / 1000;
}

/** @param {() => Promise<unknown>} act leaves a page with a field for words, and comes back to it */
async function keptAfter(act) {
  await seen("#token");
  await page.type("#token", "unsent words");
  await act();
  await seen("#token");
  return page.$eval("#token", (area) => /** @type {HTMLTextAreaElement} */ (area).value);
}

/** @param {string} text of a report whose form is open; the function confirms its words and returns them */
async function confirmed(text) {
  await seen("#what");
  await page.type("#what", text);
  await press("#continue");
  await press("#channels-inspectorate");
  await press("#continue");
  await seen("#token-words li");
  const words = await texts("#token-words li");
  for (const asked of ["#confirm-1", "#confirm-2"]) {
    const place = await page.$eval(asked, (input) => input.getAttribute("data-place"));
    await page.type(asked, words[Number(place)] ?? "");
  }
  return words;
}

/** @param {string} text of a report whose form is open; the function sends or saves it */
async function reported(text) {
  const words = await confirmed(text);
  return { words, seconds: await secondsFrom("#send", "#done") };
}

/**
 * @param {string} selector of a field for files
 * @param {string[]} paths
 */
async function bring(selector, paths) {
  const field = /** @type {import("puppeteer-core").ElementHandle<HTMLInputElement>} */ (await page.$(selector));
  await field.uploadFile(...paths);
}

async function shownCase() {
  await seen("#case");
  return { status: (await texts("#status-label"))[0], messages: await texts("#messages .written") };
}

/** Start a fresh browser profile for a new person. */
async function come() {
  await person?.close();
  person = await browser.createBrowserContext();
  page = await person.newPage();
  page.setDefaultTimeout(PATIENCE_MS);
  page.on("dialog", (dialog) => dialog.accept());
}

/** @type {Record<string, (request: Record<string, any>) => Promise<object>>} */
const acts = {
  async visit({ address, language }) {
    await come();
    site = `${address}/${language}`;
    return {};
  },
  async size({ width, height }) {
    await page.setViewport({ width, height });
    return {};
  },
  async go({ address }) {
    await page.goto(address);
    return {};
  },
  async back({ address }) {
    await page.evaluate(() => void setTimeout(() => history.back()));
    const end = performance.now() + PATIENCE_MS;
    while (page.url() !== address) {
      if (performance.now() > end) throw new Error(`${page.url()} is not ${address}`);
      await sleep(POLL_MS);
    }
    return {};
  },
  async press({ key }) {
    await page.keyboard.press(key);
    return {};
  },
  async type({ text }) {
    await page.keyboard.type(text);
    return {};
  },
  async texts({ selector }) {
    await page.waitForFunction((each) => [...document.querySelectorAll(each)].some((found) => found.checkVisibility()), {}, selector);
    return { texts: await page.$$eval(selector, (found) => found.map((each) => /** @type {HTMLElement} */ (each).innerText)) };
  },
  async ask({ function: source, argument }) {
    return { answer: await page.evaluate(`(${source})(${JSON.stringify(argument)})`) };
  },
  async report({ text = "" }) {
    await page.goto(`${site}/report`);
    const sent = await reported(text);
    return { ...sent, compiles: await page.evaluate(() => typeof WebAssembly !== "undefined") };
  },
  async choose({ files, text }) {
    await page.goto(`${site}/report`);
    await seen("#what");
    await acts["bring"]?.({ files });
    await confirmed(text);
    return {};
  },
  async bring({ files }) {
    await bring("#files", files);
    await page.waitForFunction((count) => document.querySelectorAll("#files-list > li[aria-busy=false]").length === count, {}, files.length);
    return {};
  },
  async send() {
    await press("#send");
    await seen("#send-error:not(:empty), #done:not([hidden])");
    return { said: (await texts("#send-error"))[0] };
  },
  async seal({ form, keys, text }) {
    await page.goto(form);
    await bring("#keys", keys);
    await press("#to-report");
    return reported(text);
  },
  async locate({ form, keys, words }) {
    await page.goto(form);
    await bring("#keys", keys);
    await press("#to-case");
    await page.type("#token", words);
    await press("#locate");
    await seen("#located");
    return { locator: (await texts("#locator"))[0] };
  },
  async read({ slot }) {
    await bring("#slot-file", [slot]);
    return shownCase();
  },
  async open({ words = "" }) {
    await page.goto(`${site}/status`);
    await seen("#token");
    await page.type("#token", words);
    await press("#open");
    return shownCase();
  },
  async mistype({ words = "" }) {
    await page.goto(`${site}/status`);
    await press("#show-typed");
    await page.type("#token", words);
    await seen("#completions button");
    const offered = await texts("#completions button");
    await press("#completions button");
    return { offered, becomes: await page.$eval("#token", (area) => /** @type {HTMLTextAreaElement} */ (area).value) };
  },
  async withdraw({ begin = "" }) {
    await page.click(begin, { count: 2 });
    const begun = await page.$eval("#follow-up-text", (area) => /** @type {HTMLTextAreaElement} */ (area).value);
    await page.click("#to-withdraw", { count: 2 });
    await seen("#step-withdraw");
    const meant = await page.$eval("#withdraw-meant", (box) => /** @type {HTMLInputElement} */ (box).checked);
    await page.click("#withdraw-meant");
    await page.click("#withdraw", { count: 2 });
    await seen("#withdrawn");
    return { begun, meant, path: new URL(page.url()).pathname };
  },
  async write({ text = "" }) {
    await page.type("#follow-up-text", text);
    return { seconds: await secondsFrom("#follow-up-send", "#follow-up-done") };
  },
  async sit({ address, officer, passphrase }) {
    await come();
    await page.goto(address);
    await seen("#officer");
    await page.select("#officer", officer);
    await page.type("#passphrase", passphrase);
    await page.keyboard.press("Enter");
    await seen(".present strong");
    return { present: (await texts(".present strong"))[0] };
  },
  async walk({ queue, keys }) {
    await page.goto(queue);
    await seen("tr[data-row]");
    const rows = (await texts("tr[data-row] th a")).map((each) => each.trim());
    for (const key of keys) {
      await page.keyboard.press(key);
    }
    const focused = await page.evaluate(() => document.activeElement?.textContent?.trim());
    await Promise.all([page.waitForNavigation(), page.keyboard.press("Enter")]);
    return { rows, focused, heading: (await texts("h1"))[0]?.replace(/\s+/gu, " ").trim() };
  },
  async draft({ part, text }) {
    await page.goto(part);
    await page.$eval("details:has(#note)", (each) => each.setAttribute("open", ""));
    await page.type("#note", text);
    await page.waitForFunction(() => document.querySelector("form:has(#note) output")?.textContent);
    const [said] = await texts("form:has(#note) output");
    await page.goto(part);
    return { said, kept: await page.$eval("#note", (area) => /** @type {HTMLTextAreaElement} */ (area).value) };
  },
  async assess({ part, risk, reason }) {
    await page.goto(part);
    await page.select("#risk", risk);
    await page.type("#assess-reason", reason);
    await page.waitForFunction(() => document.querySelector(".assess output")?.textContent);
    await Promise.all([page.waitForNavigation(), page.click(".assess .buttons button")]);
    const chosen = await page.$eval("#risk", (each) => /** @type {HTMLSelectElement} */ (each).value);
    return { said: (await texts(".said"))[0]?.trim(), risk: chosen };
  },
  async print({ address, paper, file }) {
    await come();
    await page.goto(address);
    await page.pdf({ format: paper, path: file, margin: { top: "1cm", right: "1cm", bottom: "1cm", left: "1cm" } });
    return {};
  },
  async return() {
    await page.goto(PLAIN);
    const control = await keptAfter(() => page.reload());
    await page.goto(`${site}/status`);
    const reloaded = await keptAfter(() => page.reload());
    const returned = await keptAfter(async () => {
      await page.goto(`${site}/guide`);
      await page.goBack();
    });
    return { control, reloaded, returned };
  },
};

try {
  for (let line = await lines.next(); !line.done; line = await lines.next()) {
    const request = JSON.parse(line.value);
    process.stdout.write(`${JSON.stringify(await acts[request.do]?.(request))}\n`);
  }
} finally {
  await browser.close();
}
