/** @file The documentation site: `npm run docs` builds it, without the network, into `docs/.vitepress/dist`. */
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import type { UserConfig } from 'vitepress';
import { reference, sidebar } from './sidebar.ts';

const config: UserConfig = {
  title: 'scorefield',
  description: 'Score-based generative modelling in TypeScript',
  lang: 'en-US',
  // Relative to nothing but its own root: a host that serves it from a subfolder sets DOCS_BASE=/subfolder/.
  base: process.env['DOCS_BASE'] ?? '/',
  lastUpdated: false,
  markdown: { theme: { light: 'github-light-high-contrast', dark: 'github-dark' } },
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
