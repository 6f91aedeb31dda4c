/**
 * @file What a bundler for browsers finds in place of `scorefield/node`. It is CommonJS, so that names imported from it are looked for
 * when the page runs, and the page says this sentence; an ES module without these names would be an error of the bundler that does not.
 */
throw new Error(
  "scorefield/node needs Node's file system and native engine: in a browser, import from 'scorefield' and 'scorefield/web' (webBackend, toys, npySet, encodePng)",
);
