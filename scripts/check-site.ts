/** @file Checks the built documentation site: every link of every page leads to a file of the site and, where it has a fragment, to a place on that page. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';

const site = join(import.meta.dirname, '../docs/.vitepress/dist');
const base = process.env['DOCS_BASE'] ?? '/';

const files = readdirSync(site, { recursive: true, encoding: 'utf8' });
const pages = new Map(
  files
    .filter((name) => name.endsWith('.html'))
    .map((name) => [join(site, name), readFileSync(join(site, name), 'utf8')]),
);
const ids = new Map(
  [...pages].map(([path, html]) => [path, new Set([...html.matchAll(/ id="([^"]+)"/g)].map(([, id = '']) => id))]),
);

/** What is wrong with a link, or undefined. */
function problemOf(page: string, link: string): string | undefined {
  const [path = '', fragment] = link.split('#');
  const from = path.startsWith('/') ? join(site, path.slice(base.length)) : join(dirname(page), path);
  const target = path === '' ? page : path.endsWith('/') ? join(from, 'index.html') : from;
  const file = [target, `${target}.html`].find((name) => existsSync(name) && statSync(name).isFile());
  if (file === undefined) return `${link} leads nowhere`;
  if (fragment === undefined || fragment === '' || ids.get(file) === undefined) return undefined;
  return ids.get(file)?.has(decodeURIComponent(fragment)) ? undefined : `${link}: no such place on that page`;
}

const text = (link: string): string => link.replaceAll('&amp;', '&');
const problems = [...pages].flatMap(([page, html]) =>
  [...html.matchAll(/ (?:href|src)="([^"]*)"/g)]
    .map(([, link = '']) => text(link))
    .filter((link) => !/^([a-z]+:|\/\/)/.test(link))
    .flatMap((link) => {
      const problem = problemOf(page, decodeURI(link));
      return problem === undefined ? [] : [`${page.slice(site.length + 1)}: ${problem}`];
    }),
);
const bytes = files.reduce((sum, name) => sum + statSync(join(site, name)).size, 0);
for (const problem of problems) console.error(problem);
console.log(`${pages.size} pages, ${(bytes / 2 ** 20).toFixed(1)} MiB, ${problems.length} broken links`);
process.exitCode = problems.length === 0 ? 0 : 1;
