import { describe, expect, it } from 'vitest';
import { above, atLeast, checkOptions, positive, positiveInteger } from '../../src/base/check.ts';
import {
  ConfigError,
  FileError,
  InternalError,
  NumericalError,
  ShapeError,
  UnsupportedError,
} from '../../src/base/errors.ts';
import { attempt, systemCode, systemProblem } from '../../src/base/system-problem.ts';

describe('errors', () => {
  it('carry their name, message and cause', () => {
    const cause = new Error('inner');
    for (const Kind of [ShapeError, UnsupportedError, NumericalError]) {
      const error = new Kind('what happened', { cause });
      expect(error).toBeInstanceOf(Error);
      expect([error.name, error.message, error.cause]).toEqual([Kind.name, 'what happened', cause]);
    }
  });

  it('of a configuration list every problem with its path', () => {
    const issues = [
      { path: 'train.batch', message: 'expected a positive integer, got 0' },
      { path: '', message: 'unknown key' },
    ];
    const error = new ConfigError(issues);
    expect(error.issues).toEqual(issues);
    expect(error.message).toBe('train.batch: expected a positive integer, got 0; unknown key');
    expect(error.name).toBe('ConfigError');
  });

  it('of a file name it', () => {
    const error = new FileError('a/b.npy', 'is truncated', { cause: 1 });
    expect([error.file, error.message, error.cause]).toEqual(['a/b.npy', 'a/b.npy: is truncated', 1]);
  });

  it('of the library say so', () => {
    expect(new InternalError('x is lost').message).toBe('x is lost (this is a bug in scorefield)');
  });
});

describe('checks of options', () => {
  it('report every rule that does not hold at once', () => {
    const check = (): void => {
      checkOptions(positive('a', 0), positive('b', 1), positiveInteger('c', 1.5), above('d', 1, ['e', 1]));
    };
    expect(check).toThrow(ConfigError);
    expect(check).toThrow(
      'a: expected a positive number, got 0; c: expected a positive integer, got 1.5; d: expected a number above e = 1, got 1',
    );
  });

  it('include their bounds and exclude values that are not numbers', () => {
    const holds = (rule: readonly [boolean, string, string]): boolean => rule[0];
    expect(holds(atLeast('x', 1, ['y', 1]))).toBe(true);
    expect(holds(atLeast('x', 0.9, ['y', 1]))).toBe(false);
    expect(holds(above('x', 1.1, ['y', 1]))).toBe(true);
    expect(holds(positiveInteger('x', 1))).toBe(true);
    for (const value of [NaN, Infinity, -Infinity])
      for (const rule of [positive('x', value), positiveInteger('x', value), above('x', value, ['y', 0])])
        expect(holds(rule)).toBe(false);
    expect(() => checkOptions()).not.toThrow();
  });
});

describe('problems of the system', () => {
  const full = Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });

  it('are reported in words, with their code, at any depth of causes', () => {
    expect(systemProblem(full)).toMatch(/disk is full.*ENOSPC/);
    expect(systemCode(new TypeError('fetch failed', { cause: full }))).toBe('ENOSPC');
    expect(systemCode('text')).toBeUndefined();
    expect(systemCode(null)).toBeUndefined();
    expect(systemProblem(new Error('something else'))).toBe('something else');
    expect(systemProblem('text')).toBe('text');
  });

  it('become errors of the file, and nothing else does', () => {
    const fail = (error: unknown) => () => attempt('out.png', 'cannot be written', () => { throw error; }); // prettier-ignore
    expect(fail(full)).toThrow(FileError);
    expect(fail(full)).toThrow(/^out\.png: cannot be written: the disk is full/);
    const own = new FileError('other.png', 'is no image');
    expect(fail(own)).toThrow(own);
    const bug = new RangeError('index');
    expect(fail(bug)).toThrow(bug);
    expect(attempt('out.png', 'cannot be written', () => 5)).toBe(5);
  });
});
