/** @file Where the page is, as its workers see it: beside it are the engine, the models and the pictures. */

/** Whether Vite serves the source as it is, where scripts of workers lie in folders of their own. */
declare const FROM_SOURCE: boolean;

/** The folder of the page; built scripts of workers lie in a folder of it, `assets`. */
export const pageFolder = new URL(FROM_SOURCE ? '/' : '../', location.href);
