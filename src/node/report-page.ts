/** @file The page of a report: one HTML file with everything in it. */
import { shortened } from '../base/words.ts';
import { escapeXml } from '../plot/svg-text.ts';

/** A part of the page below its own heading. */
export interface ReportSection {
  readonly title: string;
  /** Paragraphs; commands are set as code. */
  readonly text?: readonly string[];
  readonly table?: { readonly head: readonly string[]; readonly rows: readonly (readonly string[])[] };
  /** A picture: SVG text, or the bytes of a PNG file, and what it shows. */
  readonly picture?: { readonly image: string | Uint8Array; readonly shows: string };
  readonly code?: string;
}

/** A page. */
export interface ReportPage {
  readonly title: string;
  readonly facts: readonly (readonly [name: string, value: string])[];
  readonly sections: readonly ReportSection[];
}

/** HTML text that needs no other file and no network; it follows the colors that the reader has chosen, and the width of the screen. */
export function reportPage({ title, facts, sections }: ReportPage): string {
  const list = facts
    .map(([name, value]) => `<dt>${escapeXml(name)}</dt><dd>${escapeXml(shortened(value, 300))}</dd>`)
    .join('');
  return (
    `<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">` +
    `<meta name="color-scheme" content="light dark"><title>${escapeXml(title)}</title><style>${style}</style></head>\n` +
    `<body><main><h1>${escapeXml(title)}</h1><dl>${list}</dl>\n${sections.map(sectionOf).join('\n')}\n</main></body></html>\n`
  );
}

function sectionOf({ title, text = [], table, picture, code }: ReportSection): string {
  const id = title.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-');
  return [
    `<section><h2 id="${id}">${escapeXml(title)}</h2>`,
    ...text.map((paragraph) => `<p>${escapeXml(paragraph)}</p>`),
    ...(table === undefined ? [] : [tableOf(table)]),
    ...(picture === undefined ? [] : [pictureOf(picture)]),
    ...(code === undefined ? [] : [`<pre tabindex="0"><code>${escapeXml(code)}</code></pre>`]),
    '</section>',
  ].join('\n');
}

/** An error stays with its sign where a line ends. */
function unbroken(cell: string): string {
  return cell.replaceAll('± ', '±\u00a0');
}

function tableOf({ head, rows }: NonNullable<ReportSection['table']>): string {
  const row = (cells: readonly string[]): string =>
    `<tr>${cells.map((cell, i) => (i === 0 ? `<th scope="row">${escapeXml(cell)}</th>` : `<td>${escapeXml(unbroken(cell))}</td>`)).join('')}</tr>`;
  const heading = head.map((cell) => `<th scope="col">${escapeXml(cell)}</th>`).join('');
  return `<div class="wide" tabindex="0"><table><thead><tr>${heading}</tr></thead><tbody>${rows.map(row).join('')}</tbody></table></div>`;
}

function pictureOf({ image, shows }: NonNullable<ReportSection['picture']>): string {
  const [kind, bytes] =
    typeof image === 'string' ? ['image/svg+xml', new TextEncoder().encode(image)] : ['image/png', image];
  const source = `data:${kind};base64,${Buffer.from(bytes).toString('base64')}`;
  return `<figure ${typeof image === 'string' ? 'class="drawn" tabindex="0"' : 'class="pixels"'}><img alt="${escapeXml(shows)}" src="${source}"><figcaption>${escapeXml(shows)}</figcaption></figure>`;
}

const style = `
:root{color-scheme:light dark;--ink:#1e2433;--muted:#5b6474;--line:#d0d5dd;--page:#fff;--soft:#f5f6f8}
@media (prefers-color-scheme:dark){:root{--ink:#e6e8ee;--muted:#a3abba;--line:#3a4152;--page:#14171f;--soft:#1e222d}}
*{box-sizing:border-box}
body{margin:0;background:var(--page);color:var(--ink);font:16px/1.55 Inter,'Segoe UI','Helvetica Neue',Helvetica,Arial,sans-serif}
main{max-width:60rem;margin:0 auto;padding:2rem 1.25rem 4rem}
h1{font-size:1.7rem;line-height:1.2;margin:0 0 1rem;overflow-wrap:anywhere}
h2{font-size:1.2rem;margin:2.5rem 0 .5rem;padding-top:1rem;border-top:1px solid var(--line)}
p{margin:.5rem 0;max-width:46rem}
dl{display:grid;grid-template-columns:max-content 1fr;gap:.15rem 1.25rem;margin:0}
dt{color:var(--muted)}dd{margin:0;overflow-wrap:anywhere}
.wide{overflow-x:auto;margin:.75rem 0}
table{border-collapse:collapse;font-variant-numeric:tabular-nums;min-width:100%}
th,td{padding:.35rem .75rem .35rem 0;text-align:right;border-bottom:1px solid var(--line);white-space:nowrap}
th{font-weight:600}th:first-child{text-align:left;white-space:normal;min-width:9rem}
th:last-child,td:last-child{padding-right:0}
tbody th{font-weight:400}
figure{margin:1rem 0}
img{max-width:100%;height:auto;display:block;border-radius:6px}
.drawn{overflow-x:auto}.drawn img{background:#fff;width:100%;min-width:34rem;max-width:none}
.pixels img{image-rendering:pixelated;width:100%;max-width:34rem}
figcaption{color:var(--muted);font-size:.9rem;margin-top:.35rem}
pre{background:var(--soft);padding:.75rem 1rem;border-radius:6px;overflow-x:auto;font-size:.9rem}
@media (max-width:40rem){table{font-size:.85rem}td{white-space:normal}th,td{padding-right:.5rem}th:first-child{min-width:5.5rem}}
@media (max-width:30rem){dl{grid-template-columns:1fr}dd{margin-bottom:.5rem}main{padding:1.25rem 1rem 3rem}}
`;
