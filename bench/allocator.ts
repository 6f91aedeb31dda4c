/** @file The memory allocator of what is compared: the same settings for both, those with which each is fastest. */

/** Huge pages where the system allows them, and memory that is not given back between one layer or step and the next. */
const large = [
  'glibc.malloc.hugetlb=1',
  `glibc.malloc.mmap_threshold=${2 ** 25}`,
  `glibc.malloc.trim_threshold=${2 ** 32}`,
].join(':');

/** The environment of measured processes: with `large`, unless there are settings already or `system` is asked for. */
export function allocatorEnvironment(choice: 'large' | 'system'): NodeJS.ProcessEnv {
  return choice === 'system' ? process.env : { GLIBC_TUNABLES: large, ...process.env };
}

/** What of it concerns the allocator, for people. */
export function allocatorSettings(env: NodeJS.ProcessEnv): string {
  const set = Object.entries(env).filter(([name]) => name === 'GLIBC_TUNABLES' || name.startsWith('MALLOC_'));
  return set.map(([name, value]) => `${name}=${value ?? ''}`).join(' ') || 'as the system has it';
}
