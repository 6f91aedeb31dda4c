/** @file What JSON can say. */

/** A value that JSON can hold; numbers are finite. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };
