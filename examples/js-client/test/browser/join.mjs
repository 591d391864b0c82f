#!/usr/bin/env node
// A person at the page in a real browser: fills the form in, presses the buttons, and tells what happens on the page.
//
// It takes the arguments of bin/join.mjs and tells the same events, so whoever tests the one can test the other.

import { parseArgs } from 'node:util';
import { makePage } from '../../web/build.mjs';
import { openPage, startBrowser } from './chromium.mjs';

/** @satisfies {import('node:util').ParseArgsOptionsConfig} */
const OPTIONS = {
  peer: { type: 'string', default: '' },
  network: { type: 'string', default: 'main' },
  keys: { type: 'string', default: 'profile' },
  name: { type: 'string', default: '' },
  accept: { type: 'string', default: '' },
  state: { type: 'boolean', default: false },
  json: { type: 'boolean', default: true },
};

const { values: wanted } = parseArgs({ options: OPTIONS });
const browser = await startBrowser(wanted.keys);
const leaving = new Promise((resolve) => {
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => resolve(undefined));
});
try {
  const { page, show } = await openPage(browser, await makePage());
  await page.exposeFunction('told', (/** @type {{event: string, document: string, drafter: string}} */ told) => {
    process.stdout.write(`${JSON.stringify(told)}\n`);
    if (told.event !== 'offered' || ![told.document, told.drafter].includes(wanted.accept)) return;
    page.locator(`#${told.document}`).getByRole('button', { name: 'Sign' }).click().catch(leave);
  });
  await page.addInitScript(() => {
    // @ts-expect-error what exposeFunction put there
    document.addEventListener('folkmoot', (happened) => globalThis.told(happened.detail));
  });
  await show();
  for (const label of /** @type {const} */ (['peer', 'network', 'name'])) {
    await page.getByLabel(label[0].toUpperCase() + label.slice(1), { exact: true }).fill(wanted[label]);
  }
  await page.getByRole('button', { name: 'Join' }).click();
  await leaving;
} finally {
  await browser.close();
}

/** @param {unknown} error */
function leave(error) {
  process.stderr.write(`${error}\n`);
  process.exitCode = 1;
  process.kill(process.pid, 'SIGTERM');
}
