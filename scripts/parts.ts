/** @file Which part of the bundle a module is in: the fewer parts, the fewer files a program opens; the more, the less it loads in vain. */
import { relative } from 'node:path';
import type { ChunkingContext } from 'rolldown';

/** Modules that so many commands need are the shell of all of them. */
const shellCommands = 6;

/**
 * The part of a module, by the programs that reach it. Entries of the library that need nothing of a platform count as one, as does all
 * that commands load when they run; commands count one by one, for their help is to be fast.
 * @returns undefined for what one program alone reaches, which is in its own file.
 */
export function partOf(src: string): (id: string, context: ChunkingContext) => string | null {
  return (id, context) => {
    const starts = startsOf(id, context).map((start) => relative(src, start));
    if (starts.length < 2) return null;
    const commands = starts.filter((start) => start.startsWith('cli/commands/')).length;
    const shell = starts.includes('cli/main.ts') || commands >= shellCommands;
    const programs = starts.map((start) => {
      if (/^cli\/(main|commands\/)/.test(start)) return shell ? 'cli' : start;
      if (/worker\.[jt]s$/.test(start)) return 'worker';
      if (/^(node|web)\.ts$/.test(start)) return start;
      return start.includes('/') && start !== 'studio/entry.ts' ? 'run' : 'library';
    });
    return [...new Set(programs)].sort().join(' ');
  };
}

/** Entries and modules loaded by `import()` that a module is loaded with. */
function startsOf(id: string, context: ChunkingContext): readonly string[] {
  const starts: string[] = [];
  const found = new Set([id]);
  for (const module of found) {
    const info = context.getModuleInfo(module);
    if (info === null) continue;
    if (info.isEntry || info.dynamicImporters.length > 0) starts.push(module);
    for (const importer of info.importers) found.add(importer);
  }
  return starts;
}
