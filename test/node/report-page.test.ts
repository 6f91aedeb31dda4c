/** @file The page of a report. */
import { expect, it } from 'vitest';
import { reportPage } from '../../src/node/report-page.ts';

const page = reportPage({
  title: 'Report of <mine>',
  facts: [['trained by', 'npx scorefield train "a & b"']],
  sections: [
    { title: 'Samples', picture: { image: Uint8Array.of(1, 2, 3), shows: 'samples' } },
    {
      title: 'Errors by noise level',
      picture: { image: '<svg xmlns="http://www.w3.org/2000/svg"/>', shows: 'errors' },
    },
    { title: 'Metrics', text: ['of <all>'], table: { head: ['', 'samples'], rows: [['FD', '0.5 ± 0.1']] } },
    { title: 'Again', code: 'npx scorefield report "runs/my run"' },
  ],
});

it('needs no other file, whatever is in it', () => {
  const addresses = [...page.matchAll(/(?:src|href)="([^"]*)"/g)].map(([, address = '']) => address);
  expect(addresses.map((address) => address.slice(0, 15))).toEqual(['data:image/png;', 'data:image/svg+']);
  expect(page).not.toMatch(/<script|@import|url\(/);
});

it('escapes what models and data are called', () => {
  expect(page).toContain('<h1>Report of &lt;mine&gt;</h1>');
  expect(page).toContain('train &quot;a &amp; b&quot;');
  expect(page).toContain('<p>of &lt;all&gt;</p>');
  expect(page).not.toContain('<mine>');
});

it('has a heading for each section, and tables with headings of rows and columns', () => {
  for (const id of ['samples', 'errors-by-noise-level', 'metrics', 'again'])
    expect(page).toContain(`<section><h2 id="${id}">`);
  expect(page).toContain('<th scope="col">samples</th>');
  expect(page).toContain('<tr><th scope="row">FD</th><td>0.5 ±\u00a00.1</td></tr>');
});
