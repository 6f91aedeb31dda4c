/** @file The flags of Node that threads begin with. */

/** Options of a thread: the flags of this process, or none if one of them is of a script on the command line alone, with which no thread can begin. */
export function threadFlags(): { readonly execArgv?: string[] } {
  return process.execArgv.some((flag) => flag.startsWith('--input-type')) ? { execArgv: [] } : {};
}
