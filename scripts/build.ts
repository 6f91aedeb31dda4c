/** @file Builds the package into `dist`: its bundle (`lib`, `cli`), its declarations (`types`) and the page of the studio. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'vite';
import { bundle, dist, root } from './bundle.ts';
import { removeOthers } from './declarations.ts';

rmSync(dist, { recursive: true, force: true });
const declarations = ['tsconfig.build.json', 'src/studio/tsconfig.build.json'].map(async (project) => {
  const tsc = spawn(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', project], {
    cwd: root,
    stdio: 'inherit',
  });
  const [code] = (await once(tsc, 'exit')) as [number | null];
  return code ?? 1;
});
await Promise.all([bundle(), build({ configFile: join(root, 'vite.studio.config.ts'), logLevel: 'error' })]);
const codes = await Promise.all(declarations);
// Its declarations need those of browsers, which the rest of the library has no use for.
writeFileSync(join(dist, 'types/studio.d.ts'), "export * from './studio/entry.ts';\n");
removeOthers(join(dist, 'types'));
process.exitCode = Math.max(...codes);
