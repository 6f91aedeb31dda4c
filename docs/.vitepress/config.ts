/** @file The documentation site: `npm run docs` builds it, without the network, into `docs/.vitepress/dist`. */
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import type { UserConfig } from 'vitepress';
import { reference, sidebar } from './sidebar.ts';

/** Points on a ring, as an SVG in the address itself. */
const icon =
  'data:image/svg+xml,' +
  encodeURIComponent(
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="-9 -9 18 18"><circle r="6" fill="none" stroke="#3f6ad8" stroke-width="3" stroke-dasharray="0.1 4.61" stroke-linecap="round"/></svg>',
  );

const config: UserConfig = {
  title: 'scorefield',
  description: 'Score-based generative modeling in TypeScript',
  lang: 'en-US',
  // DOCS_BASE=/subfolder/ builds a site that is served from a subfolder.
  base: process.env['DOCS_BASE'] ?? '/',
  head: [['link', { rel: 'icon', href: icon }]],
  markdown: {
    theme: { light: 'github-light-high-contrast', dark: 'github-dark' },
    // Files of the root that pages include name the pages from there.
    config: (markdown) => {
      markdown.core.ruler.push('links-from-the-root', ({ tokens }) => {
        for (const link of tokens.flatMap(({ children }) => children ?? []))
          if (link.type === 'link_open') link.attrSet('href', (link.attrGet('href') ?? '').replace(/^docs\//, ''));
      });
    },
  },
  themeConfig: {
    nav: [
      { text: 'Start', link: '/start' },
      { text: 'Gallery', link: '/gallery' },
      { text: 'API', link: '/api/index' },
    ],
    sidebar: [...sidebar, reference].map(({ text, items }) => ({ text, items: [...items] })),
    outline: { level: [2, 3] },
    search: { provider: 'local' },
    externalLinkIcon: true,
  },
  // Numbers that pages link to are files beside the pages.
  buildEnd: ({ outDir }) => {
    cpSync(join(import.meta.dirname, '../images'), join(outDir, 'images'), {
      recursive: true,
      filter: (path) => !/\.(png|svg)$/.test(path),
    });
  },
};

export default config;
