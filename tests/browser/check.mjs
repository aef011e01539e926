// Opens reports in a headless Chromium and looks for what a reader would stumble over.
//
//   node check.mjs [--screenshots FOLDER] FOLDER…
//
// Every page of the program below the folders (see PAGES) is opened from its file. Of each it asks: does it say
// nothing on the console and ask for nothing; does nothing overflow at 1440, 768 and 390 pixels; do no labels of a
// figure overlap or leave it; is it read in dark mode; can all of it be reached by keyboard; does it
// print on A4 and Letter with no figure higher than a page; does axe find no serious or critical
// violation; does nothing run in it; do its downloads hold what they say. At first the smallest page is
// broken in every one of these ways, and each has to be found: a check that cannot fail is none.

import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import puppeteer from 'puppeteer-core';

const AXE = fs.readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const PAGES = ['report', 'evaluation', 'audit', 'explain', 'tree', 'ingest'].map((name) => `${name}.html`);
const WIDTHS = [1440, 768, 390];
// The first windows of a laptop and a phone: the answer has to be there.
const FIRST = [{ width: 1280, height: 800 }, { width: 390, height: 844 }];
// Pages of an A4 print at most.
const MOST_PAGES = 6;
// What a page holds inside of the margins that the style sheet asks for (16 and 14 mm), in CSS pixels.
const PAPERS = [
  { format: 'A4', width: 688, height: 1001 },
  { format: 'Letter', width: 710, height: 935 },
];

// Runs in the page: what overflows at this width, and which labels of its figures cannot be read.
function layout(strict) {
  const found = [];
  const root = document.documentElement;
  if (root.scrollWidth > root.clientWidth) {
    found.push(`the page scrolls sideways: ${root.scrollWidth} in ${root.clientWidth} px`);
  }
  const name = (e) => `<${e.tagName.toLowerCase()}> “${(e.textContent || '').trim().slice(0, 40)}”`;
  const seen = (e) => e.checkVisibility();
  for (const e of document.querySelectorAll('body *:not(svg *)')) {
    if (seen(e) && !e.closest('.scroll > *') && e.getBoundingClientRect().right > root.clientWidth + 0.5) {
      found.push(`${name(e)} leaves the window`);
      break;
    }
  }
  for (const e of document.querySelectorAll('.scroll')) {
    if (strict && seen(e) && e.scrollWidth > e.clientWidth) {
      found.push(`“${e.getAttribute('aria-label')}” scrolls: ${e.scrollWidth} in ${e.clientWidth} px`);
    }
  }
  for (const svg of document.querySelectorAll('figure svg')) {
    if (!seen(svg)) continue;
    const outer = svg.getBoundingClientRect();
    const labels = [...svg.querySelectorAll('text')].map((e) => [e, e.getBoundingClientRect()]);
    const title = svg.querySelector('title').textContent.slice(0, 50);
    const outside = labels.find(([, r]) =>
      r.left < outer.left - 1.5 || r.right > outer.right + 1.5 || r.top < outer.top - 1.5 || r.bottom > outer.bottom + 1.5);
    if (outside) found.push(`a label leaves the figure “${title}”: ${name(outside[0])}`);
    pairs: for (let i = 0; i < labels.length; i++) {
      for (let j = i + 1; j < labels.length; j++) {
        const [a, b] = [labels[i][1], labels[j][1]];
        const width = Math.min(a.right, b.right) - Math.max(a.left, b.left);
        const height = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
        const smaller = Math.min(a.width * a.height, b.width * b.height);
        // The box of a line is higher than its letters.
        if (width > 2 && height > 2 && width * height > 0.3 * smaller) {
          found.push(`labels overlap in “${title}”: ${name(labels[i][0])} and ${name(labels[j][0])}`);
          break pairs;
        }
      }
    }
  }
  return found;
}

// Runs in the page: text of figures that does not stand out from the page. Axe does not look into figures; labels on
// cells stand on colours of their own, which the program tests.
function contrast(dark) {
  const channels = (text) => text.match(/[\d.]+/g).map(Number);
  const light = ([r, g, b]) => {
    const [x, y, z] = [r, g, b].map((v) => (v / 255 <= 0.04045 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * x + 0.7152 * y + 0.0722 * z;
  };
  const paper = light(channels(getComputedStyle(document.body).backgroundColor));
  const found = [];
  if (dark ? paper > 0.05 : paper < 0.9) found.push(`the page is ${dark ? 'light in dark' : 'dark in light'} mode`);
  for (const e of document.querySelectorAll('figure svg text')) {
    if (!e.checkVisibility() || ['#000000', '#FFFFFE'].includes(e.getAttribute('fill'))) continue;
    const ink = light(channels(getComputedStyle(e).fill));
    const ratio = (Math.max(ink, paper) + 0.05) / (Math.min(ink, paper) + 0.05);
    if (ratio < 4.5) {
      found.push(`a label with a contrast of ${ratio.toFixed(1)}: “${e.textContent.trim().slice(0, 40)}”`);
      break;
    }
  }
  return found;
}

// Runs in the page: what could run, ask or lead away, and headings that leave out a level.
function content() {
  const found = [];
  if (window.ranSomething) found.push(`something ran: ${window.ranSomething}`);
  for (const e of document.querySelectorAll('*')) {
    if (['SCRIPT', 'IFRAME', 'OBJECT', 'EMBED', 'LINK', 'BASE', 'FORM'].includes(e.tagName.toUpperCase())) {
      found.push(`there is a <${e.tagName.toLowerCase()}>`);
    }
    for (const { name, value } of e.attributes) {
      if (/^on/i.test(name)) found.push(`there is a handler: ${name}`);
      if (['href', 'src', 'xlink:href'].includes(name) && !/^(#h-|data:(text\/csv|application\/json);)/.test(value)) {
        found.push(`there is a link to ${value.slice(0, 60)}`);
      }
    }
  }
  let before = 0;
  for (const e of document.querySelectorAll('h1, h2, h3, h4, h5, h6')) {
    const level = Number(e.tagName[1]);
    if (level > before + 1) found.push(`an h${level} after an h${before}: “${e.textContent.trim().slice(0, 40)}”`);
    before = level;
  }
  for (const [what, count] of [['h1', 1], ['main', 1], ['header', 1], ['footer', 1]]) {
    if (document.querySelectorAll(what).length !== count) found.push(`not one <${what}>`);
  }
  for (const e of document.querySelectorAll('a[href^="#"]')) {
    if (!document.getElementById(e.getAttribute('href').slice(1))) found.push(`a dead link: ${e.getAttribute('href')}`);
  }
  return found;
}

// Runs in the page: whether what answers its question stands in the first window as text.
function firstWindow() {
  const asks = document.querySelector('[data-asks]')?.dataset.asks;
  if (!asks) return ['the page does not say what it answers'];
  const answers = [...document.querySelectorAll('[data-answer]')].filter((e) => e.checkVisibility());
  if (answers.length === 0 || !answers.some((e) => e.tagName === 'H1')) return [`no answer to “${asks}”`];
  const late = answers.find((e) => e.getBoundingClientRect().bottom > window.innerHeight || !e.innerText.trim());
  const below = (e) => Math.round(e.getBoundingClientRect().bottom - window.innerHeight);
  return late ? [`below the first window by ${below(late)} px: “${late.textContent.trim().slice(0, 40)}”`] : [];
}

// Runs in the page: names of one line that are broken, and pages that are too long to read.
function reading() {
  const found = [];
  for (const e of document.querySelectorAll('.whole')) {
    const room = e.parentElement.clientWidth;
    if (e.checkVisibility() && e.scrollWidth < 0.9 * room && e.getBoundingClientRect().height > 1.9 * parseFloat(getComputedStyle(e).lineHeight)) {
      found.push(`a name is broken: “${e.textContent.slice(0, 40)}”`);
      break;
    }
  }
  const screens = document.documentElement.scrollHeight / window.innerHeight;
  if (document.querySelector('.question') && screens > 7) found.push(`the page is ${screens.toFixed(1)} screens long`);
  return found;
}

// Runs in the page: parts that quote the input hold nothing but text, quote one place in a line, and are bounded.
function quotes() {
  const found = [];
  const stray = document.querySelector('.trace :not(span, mark), .lines dd :not(mark, span.id)');
  if (stray) found.push(`a stray element among quotes: <${stray.tagName.toLowerCase()}>`);
  for (const line of document.querySelectorAll('.lines dd')) {
    if (line.querySelectorAll('mark').length !== 1 || line.textContent.length > 4_000) {
      found.push(`a line that is none: “${line.textContent.slice(0, 40)}”`);
      break;
    }
  }
  // The page of `explain` shows one trace as far as it can.
  for (const trace of document.querySelectorAll('details:has(#h-examples) .trace')) {
    if (trace.textContent.length > 80_000) found.push(`an example with ${trace.textContent.length} characters`);
  }
  for (const section of document.querySelectorAll('main section[aria-labelledby]')) {
    const id = section.getAttribute('aria-labelledby');
    const contents = document.querySelector('nav');
    if (contents && !contents.querySelector(`a[href="#${id}"]`)) found.push(`not among the contents: ${id}`);
  }
  return found;
}

// What a spreadsheet would compute, and JSON that is none.
function downloads(links) {
  const found = [];
  for (const { href, file } of links) {
    const text = Buffer.from(href.slice(href.indexOf(',') + 1), 'base64').toString();
    if (file.endsWith('.json')) {
      try {
        JSON.parse(text);
      } catch (error) {
        found.push(`${file} is no JSON: ${error.message}`);
      }
    } else if (/(^|[,"\n])\s*[=+@]/.test(text) || text.split('\r\n').length < 3) {
      found.push(`${file} holds a formula or nothing`);
    }
  }
  return found;
}

// Tabs through the page: what can be used has to be reached, and show that it was.
async function keyboard(page) {
  const count = await page.evaluate(() => {
    const wanted = [...document.querySelectorAll('a[href], summary, [tabindex="0"]')];
    window.wanted = wanted.filter((e) => e.checkVisibility());
    document.activeElement?.blur();
    return window.wanted.length;
  });
  const reached = new Set();
  let unseen = '';
  for (let i = 0; i < count + 3; i++) {
    await page.keyboard.press('Tab');
    const at = await page.evaluate(() => {
      const e = document.activeElement;
      const outline = getComputedStyle(e).outlineStyle;
      return { place: window.wanted.indexOf(e), outline, name: e.textContent.trim().slice(0, 40) };
    });
    if (at.place < 0) continue;
    reached.add(at.place);
    if (at.outline === 'none') unseen ||= at.name;
  }
  const lost = [...Array(count).keys()].find((place) => !reached.has(place));
  const found = [];
  if (lost !== undefined) {
    const name = await page.evaluate((lost) => window.wanted[lost].outerHTML.slice(0, 60), lost);
    found.push(`the keyboard reaches ${reached.size} of ${count} places, not ${name}`);
  }
  return unseen ? [...found, `the focus cannot be seen on “${unseen}”`] : found;
}

async function axe(page, mode) {
  await page.evaluate(AXE);
  const violations = await page.evaluate(async () => {
    const result = await window.axe.run(document, { resultTypes: ['violations'] });
    return result.violations.map(({ id, impact, nodes }) => ({ id, impact, at: nodes[0]?.target.join(' ') }));
  });
  return violations
    .filter(({ impact }) => ['serious', 'critical'].includes(impact))
    .map(({ id, impact, at }) => `axe, ${mode}: ${id} (${impact}) at ${at}`);
}

async function opened(browser, file) {
  const page = await browser.newPage();
  const noise = [];
  const own = pathToFileURL(file).href;
  page.on('console', (message) => noise.push(`console: ${message.text()}`));
  page.on('pageerror', (error) => noise.push(`an error: ${error.message}`));
  page.on('dialog', (dialog) => {
    noise.push(`a dialog: ${dialog.message()}`);
    dialog.dismiss();
  });
  page.on('request', (request) => {
    const url = request.url();
    if (url !== own && !url.startsWith('data:')) noise.push(`a request: ${url}`);
  });
  await page.evaluateOnNewDocument(() => {
    for (const name of ['alert', 'confirm', 'prompt', 'open', 'fetch', 'eval']) {
      window[name] = () => { window.ranSomething = name; };
    }
  });
  await page.goto(own, { waitUntil: 'load' });
  await page.evaluate(() => document.fonts.ready);
  return { page, noise };
}

// Everything that is wrong with one page.
async function faults(browser, file, screenshots) {
  const { page, noise } = await opened(browser, file);
  const found = [];
  const label = path.dirname(file).split(path.sep).slice(-2).join('-');
  const picture = async (name) => {
    if (screenshots) {
      await page.screenshot({ path: path.join(screenshots, `${label}-${name}.png`), fullPage: true });
    }
  };
  // All parts open, or each as the page has it.
  const unfold = (open) => page.evaluate((open) => {
    for (const e of document.querySelectorAll('details')) {
      e.asMade ??= e.open;
      e.open = open || e.asMade;
    }
  }, open);
  found.push(...await page.evaluate(content));
  found.push(...await page.evaluate(quotes));
  found.push(...downloads(await page.evaluate(() =>
    [...document.querySelectorAll('a[download]')].map((e) => ({ href: e.href, file: e.download })))));
  for (const { width, height } of FIRST) {
    await page.setViewport({ width, height });
    await page.evaluate(() => window.scrollTo(0, 0));
    const wrong = await page.evaluate(firstWindow);
    if (width > 1000) wrong.push(...await page.evaluate(reading));
    // Hostile names are as long as they like.
    const counts = (fault) => !file.includes(`${path.sep}hostile${path.sep}`) || !/screens long|below the first/.test(fault);
    found.push(...wrong.filter(counts).map((fault) => `${width} × ${height} px: ${fault}`));
    if (screenshots) await page.screenshot({ path: path.join(screenshots, `${label}-first-${width}.png`) });
  }
  for (const mode of ['light', 'dark']) {
    await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: mode }]);
    for (const width of WIDTHS) {
      await page.setViewport({ width, height: 900 });
      await unfold(true);
      const wrong = mode === 'light' ? await page.evaluate(layout, width === 1440) : [];
      wrong.push(...await page.evaluate(contrast, mode === 'dark'));
      found.push(...wrong.map((fault) => `${width} px, ${mode}: ${fault}`));
      await unfold(false);
      await picture(`${width}-${mode}`);
    }
  }
  await page.setViewport({ width: 1440, height: 900 });
  await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: 'light' }]);
  found.push(...await keyboard(page));
  for (const { format, width, height } of PAPERS) {
    await page.emulateMediaType('print');
    await page.setViewport({ width, height });
    await unfold(true);
    const high = await page.evaluate((height) => [...document.querySelectorAll('figure')]
      .map((e) => ({ high: e.getBoundingClientRect().height, cut: getComputedStyle(e).breakInside }))
      .find((e) => e.high > height || (e.high > 0 && e.cut !== 'avoid')), height);
    if (high) found.push(`${format}: a figure is ${Math.round(high.high)} px high and may be cut (${high.cut})`);
    await unfold(false);
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    if (wide > 0) found.push(`${format}: ${wide} px do not fit on the page`);
    const margin = { top: '16mm', bottom: '16mm', left: '14mm', right: '14mm' };
    const pdf = await page.pdf({ format, margin, printBackground: true });
    await page.emulateMediaType(null);
    const pages = (Buffer.from(pdf).toString('latin1').match(/\/Type\s*\/Page[^s]/g) ?? []).length;
    if (format === 'A4' && pages > MOST_PAGES && await page.evaluate(() => !!document.querySelector('.question'))) {
      found.push(`A4: ${pages} pages`);
    }
    if (Buffer.from(pdf.subarray(0, 4)).toString() !== '%PDF' || pdf.length < 5_000) found.push(`${format}: no PDF`);
    if (screenshots) fs.writeFileSync(path.join(screenshots, `${label}-${format}.pdf`), pdf);
  }
  // Before axe, which the policy of the page may grumble about.
  const heard = [...noise];
  await page.setViewport({ width: 1440, height: 900 });
  await unfold(true);
  for (const mode of ['light', 'dark']) {
    await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: mode }]);
    found.push(...await axe(page, mode));
  }
  await page.close();
  return [...heard, ...found];
}

// A page, broken on purpose: what is done to it, and a word that has to be in what is found.
const BROKEN = [
  ['a console message', (html) => html.replace('</main>', '<script>console.log(1)</script></main>'), 'console:'],
  ['a request', (html) => free(html).replace('</main>', '<img alt="" src="http://127.0.0.1:9/a.png"></main>'), 'a request:'],
  ['a script that runs', (html) => free(html).replace('</main>', '<script>alert(1)</script></main>'), 'something ran'],
  ['a handler', (html) => html.replace('<main>', '<main onclick="alert(1)">'), 'a handler'],
  ['a link that leads away', (html) => html.replace('</main>', '<a href="javascript:alert(1)">x</a></main>'), 'a link to'],
  ['a wide element', (html) => html.replace('</main>', '<svg width="3000" height="9"></svg></main>'), 'scrolls sideways'],
  ['labels that overlap', (html) => html.replace(/(<text[^>]*>[^<]+<\/text>)/, '$1$1'), 'labels overlap'],
  ['a label outside', (html) => html.replace(/<text x="\d+"/, '<text x="999999"'), 'leaves the figure'],
  ['dark ink in the dark', (html) => free(html).replace('--muted: #a5adb5', '--muted: #333333'), 'dark: a label with a contrast'],
  ['faint ink', (html) => free(html).replace('--muted: #59616a', '--muted: #cccccc'), 'color-contrast'],
  ['a picture without words', (html) => html.replace('</main>', '<img src="data:image/gif;base64,R0lGODlhAQABAAAAACw="></main>'), 'image-alt'],
  ['a figure that may be cut', (html) => free(html).replace('figure, tr,', 'tr,'), 'may be cut'],
  ['a lost heading', (html) => html.replace('<h2', '<h5').replace('</h2>', '</h5>'), 'an h5 after'],
  ['a place that no key reaches', (html) => html.replace(/<summary>/g, '<summary tabindex="-1">'), 'the keyboard reaches'],
  ['an element in an example', (html) => html.replace('<div class="trace">', '<div class="trace"><b>x</b>'), 'a stray element'],
  ['a line without its place', (html) => html.replace(/<dd>(.*?)<mark>(.*?)<\/mark>/, '<dd>$1$2'), 'a line that is none'],
  ['a part that is not among the contents', (html) => html.replace(/<li><a href="#h-text">[^<]*<\/a><\/li>/, ''), 'not among the contents'],
  ['an answer below the first window', (html) => free(html).replace('.first {', '.first { margin-top: 900px;'), 'below the first window'],
  ['a page without a question', (html) => html.replace(/ data-asks="[^"]*"/, ''), 'does not say what it answers'],
  ['a formula', (html) => html.replace(/href="data:text\/csv[^"]*"/, `href="data:text/csv;base64,${Buffer.from('a\r\n=cmd()\r\n').toString('base64')}"`), 'a formula'],
];

// The page without its policy, which names the style sheet by its hash.
function free(html) {
  return html.replace(/<meta http-equiv="Content-Security-Policy"[^>]*>/, '');
}

async function provesItself(browser, file) {
  const html = fs.readFileSync(file, 'utf8');
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'cotprint-broken-'));
  let missed = 0;
  for (const [what, change, word] of BROKEN) {
    const page = path.join(folder, 'report.html');
    const changed = change(html);
    fs.writeFileSync(page, changed);
    const found = changed === html ? [] : await faults(browser, page);
    if (!found.some((fault) => fault.includes(word))) {
      missed += 1;
      console.log(`  not found: ${what}; only: ${found.join(' | ') || 'nothing'}`);
    }
  }
  fs.rmSync(folder, { recursive: true });
  console.log(`${BROKEN.length - missed} of ${BROKEN.length} faults that were put into ${file} are found`);
  return missed;
}

function pages(folder) {
  return fs.readdirSync(folder, { recursive: true })
    .filter((name) => PAGES.includes(path.basename(name)))
    .map((name) => path.join(folder, name))
    .sort();
}

const words = process.argv.slice(2);
let screenshots = null;
if (words[0] === '--screenshots') {
  screenshots = words[1];
  fs.mkdirSync(screenshots, { recursive: true });
  words.splice(0, 2);
}
const files = words.flatMap((folder) => pages(path.resolve(folder)));
if (files.length === 0) {
  console.error('no page below the folders that were named; usage: node check.mjs FOLDER…');
  process.exit(2);
}
const browser = await puppeteer.launch({
  executablePath: process.env.COTPRINT_CHROMIUM || '/usr/bin/chromium',
  // Everything here is made by the tests, and a container has no sandbox for root.
  args: ['--no-sandbox', '--disable-dev-shm-usage', '--force-device-scale-factor=1'],
  protocolTimeout: 300_000,
});
let failed = 0;
try {
  const smallest = files.reduce((a, b) => (fs.statSync(a).size <= fs.statSync(b).size ? a : b));
  // A page without a ranking has no figure to break.
  const whole = files.find((file) => file.includes(`${path.sep}two${path.sep}`)) ?? smallest;
  if (!process.env.COTPRINT_SKIP_FAULTS) failed += await provesItself(browser, whole);
  for (const file of files) {
    const start = Date.now();
    const found = await faults(browser, file, screenshots);
    console.log(`${found.length ? 'FAILED' : 'ok'}  ${file}  ${((Date.now() - start) / 1000).toFixed(1)} s`);
    for (const fault of found) console.log(`  ${fault}`);
    failed += found.length ? 1 : 0;
  }
} finally {
  await browser.close();
}
console.log(`${files.length} pages opened, ${failed} failed`);
process.exit(failed ? 1 : 0);
