/** @file Builds the package into `dist`: its bundle (`lib`, `cli`), its declarations (`types`) and the page of the studio. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'vite';
import { bundle, dist, root } from './bundle.ts';
import { removeOthers } from './declarations.ts';

rmSync(dist, { recursive: true, force: true });
const tsc = spawn(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', 'tsconfig.build.json'], {
  cwd: root,
  stdio: 'inherit',
});
const types = once(tsc, 'exit') as Promise<[number | null]>;
await Promise.all([bundle(), build({ configFile: join(root, 'vite.studio.config.ts'), logLevel: 'error' })]);
const [code] = await types;
removeOthers(join(dist, 'types'));
process.exitCode = code ?? 1;
