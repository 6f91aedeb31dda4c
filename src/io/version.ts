/** @file The version of this package. */

/** The version in package.json, written here too so that a browser need not read that. */
export const version = '0.1.0';
