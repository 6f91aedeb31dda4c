/** @file What the operating system's error codes mean to a person. Pure: it looks at errors and touches no file. */
import { FileError } from './errors.ts';

const words: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full; free some space or choose a folder on another disk',
  EDQUOT: 'the disk quota is used up; free some space or choose a folder on another disk',
  EFBIG: 'the file would be larger than the system allows; raise the limit (ulimit -f) or choose another disk',
  EROFS: 'the disk is read-only; choose a folder on another disk',
  EACCES: 'permission is denied; check its owner and permissions or choose another path',
  EPERM: 'the system does not permit it; check its owner and permissions or choose another path',
  ENOENT: 'there is no such file or folder; check the path',
  ENOTDIR: 'a part of the path is a file, not a folder; check the path',
  EISDIR: 'it is a folder; give the path of a file',
  EEXIST: 'it exists already; choose another path',
  ENOTEMPTY: 'the folder is not empty; choose another path',
  EBUSY: 'it is in use by another program; close that program or choose another path',
  ELOOP: 'its symbolic links go round in a circle; check the path',
  ENAMETOOLONG: 'the name is too long; choose a shorter one',
  EXDEV: 'it is on another disk; choose a folder on the same one',
  EMFILE: 'too many files are open; raise the limit (ulimit -n)',
  ENFILE: 'too many files are open on this machine; close other programs',
  EIO: 'the disk reports an error; check the disk and its cables or connection',
  ENOMEM: 'memory is full; close other programs or use a machine with more memory',
  ESTALE: 'the network disk has lost it; mount the disk again',
  ERR_INVALID_ARG_VALUE: 'the path contains a character that no path may have; check the path',
  ENOTFOUND: 'the name of the host is not known; check the address and the network connection',
  EAI_AGAIN: 'the name of the host cannot be looked up; check the network connection',
  ECONNREFUSED: 'the host refuses the connection; check the address and the port',
  ECONNRESET: 'the other side closed the connection; try again',
  ETIMEDOUT: 'the other side does not answer; check the network connection and try again',
  EADDRINUSE: 'the port is in use by another program; choose another port',
};

/** The code of a system error, such as `ENOSPC`, also where `fetch` hides it in the cause; `undefined` for other errors. */
export function systemCode(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  if ('code' in error && typeof error.code === 'string') return error.code;
  return 'cause' in error ? systemCode(error.cause) : undefined;
}

/** What happened and what to do, in words, for an error of Node's file and network functions. */
export function systemProblem(error: unknown): string {
  const code = systemCode(error);
  const known = code === undefined ? undefined : words[code];
  if (code !== undefined && known !== undefined) return `${known} (${code})`;
  return error instanceof Error ? error.message : String(error);
}

/**
 * Runs `action` on a file; `what` says what it would have done, as in "cannot be written".
 * @throws FileError in place of a system error; every other error passes unchanged.
 */
export function attempt<T>(file: string, what: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    if (error instanceof FileError || systemCode(error) === undefined) throw error;
    throw new FileError(file, `${what}: ${systemProblem(error)}`, { cause: error });
  }
}

/**
 * Runs `action` on a file; `advice` is what to do where it fails.
 * @throws FileError with the advice in place of one without; every other error passes unchanged.
 */
export function advise<T>(file: string, advice: () => string, action: () => T): T {
  try {
    return action();
  } catch (cause) {
    if (cause instanceof FileError) throw new FileError(file, `${cause.problem}; ${advice()}`, { cause });
    throw cause;
  }
}
