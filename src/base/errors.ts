/**
 * @file The kinds of failure that scorefield distinguishes. The first four are mistakes that a user can mend; each message
 * says what was expected, what was found, and where it helps, what to do.
 */

/** A tensor whose shape is not the one that a function needs. */
export class ShapeError extends Error {
  override readonly name = 'ShapeError';
}

/** One thing wrong with a configuration, at a dotted path such as `train.batch`. */
export interface ConfigIssue {
  readonly path: string;
  readonly message: string;
}

/** A configuration or a set of options that cannot be used; it lists every problem at once. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly issues: readonly ConfigIssue[];

  constructor(issues: readonly ConfigIssue[]) {
    super(issues.map(({ path, message }) => (path === '' ? message : `${path}: ${message}`)).join('; '));
    this.issues = issues;
  }
}

/** A file or folder that is missing, unreadable, truncated, or not what it claims to be. */
export class FileError extends Error {
  override readonly name = 'FileError';
  readonly file: string;
  /** The message without the file. */
  readonly problem: string;

  constructor(file: string, problem: string, options?: ErrorOptions) {
    super(`${file}: ${problem}`, options);
    this.file = file;
    this.problem = problem;
  }
}

/** Something that this build, machine or backend cannot do. */
export class UnsupportedError extends Error {
  override readonly name = 'UnsupportedError';
}

/** Numbers that stopped being numbers: a loss, gradient or state that is not finite. */
export class NumericalError extends Error {
  override readonly name = 'NumericalError';
}

/** A member of a group of processes or threads that has died, or does not answer the others. */
export class GroupError extends Error {
  override readonly name = 'GroupError';
}

/** A broken promise of scorefield's own code. */
export class InternalError extends Error {
  override readonly name = 'InternalError';

  constructor(what: string) {
    super(`${what} (this is a bug in scorefield)`);
  }
}
