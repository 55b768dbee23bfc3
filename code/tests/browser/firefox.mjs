/* A reader's visit in Firefox: chapter 1 with its bets, an explorer, the playground, and
   the search. Called with the site's address, the program and the folder of packages;
   prints what was seen, as JSON. */

import { createRequire } from "node:module";

const [site, program, packages] = process.argv.slice(2);
const puppeteer = createRequire(packages)("puppeteer-core");
/* The size of the window comes by its arguments: an older Firefox cannot set a viewport. */
const browser = await puppeteer.launch({
  browser: "firefox",
  executablePath: program,
  headless: true,
  defaultViewport: null,
  args: ["--width=1280", "--height=900"],
});
const page = await browser.newPage();
const seen = { version: await browser.version(), faults: [], titles: {} };
/* Firefox denies puppeteer's own sandbox, when a page goes, what no script of ours asks. */
page.on("pageerror", ({ message }) => {
  if (!message.includes("Permission denied to access property")) seen.faults.push(message);
});

const read = (selector) => page.$eval(selector, (node) => node.innerText);

/* Every way to read a page has its title. */
for (const mode of ["en", "zh", "both"]) {
  await page.goto(`${site}/chapters/01_degradation.html?lang=${mode}`);
  seen.titles[mode] = await page.title();
}

/* A choice is bet by pointer: covered before, told after. */
await page.goto(`${site}/chapters/01_degradation.html?lang=en`);
const bet = await page.$('plusx-bet:has(input[type="radio"])');
for (const part of ["label", '[data-do="lock"]']) await (await bet.$(part)).click();
seen.bet = await bet.$eval(".pb-result", (node) => node.innerText);

/* The playground trains, in a worker, and keeps its setting in the address. */
await page.$eval("plusx-playground", (node) => node.scrollIntoView());
await page.locator("plusx-playground ::-p-text(Train)").click();
await page.waitForFunction(() => document.querySelector("plusx-playground").ended, { timeout: 300_000 });
seen.playground = await read("plusx-playground");

/* An explorer is moved by keys: its sentence changes. */
await page.goto(`${site}/chapters/03_products.html?lang=en`);
const explorer = "plusx-product";
await page.$eval(explorer, (node) => node.scrollIntoView({ block: "center" }));
seen.before = await read(`${explorer} output`);
await page.focus(`${explorer} input[type="range"]`);
await page.keyboard.press("ArrowRight");
seen.after = await read(`${explorer} output`);

/* Search finds, from the disk as well. */
await page.goto(`${site}/search.html?q=${encodeURIComponent("殘差連接")}&lang=zh`);
await page.waitForSelector("#search-results .search > li > a");
seen.found = await page.$$eval("#search-results .search > li > a", (links) => links.length);

await browser.close();
console.log(JSON.stringify(seen));
