#!/usr/bin/env node
// Makes the page: one file with everything in it, in dist/, that a browser opens from wherever it is.

import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const HERE = new URL('./', import.meta.url);
const DIST = new URL('../dist/', import.meta.url);
const BROWSERS = ['chrome116', 'firefox117', 'safari17'];

/**
 * The module at a path and all it imports, for a browser.
 * @param {URL} entry @returns {Promise<string>}
 */
export async function bundle(entry) {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(entry)],
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'browser',
    target: BROWSERS,
    minify: true,
    legalComments: 'none',
    logLevel: 'error',
  });
  return outputFiles[0].text;
}

/** @returns {Promise<URL>} where the page is */
export async function makePage() {
  const script = await bundle(new URL('page.js', HERE));
  const frame = await readFile(new URL('index.html', HERE), 'utf8');
  const page = new URL('index.html', DIST);
  await mkdir(DIST, { recursive: true });
  await writeFile(page, frame.replace('<script type="module" src="page.js">', () => `<script type="module">${script}`));
  return page;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) process.stdout.write(`${fileURLToPath(await makePage())}\n`);
