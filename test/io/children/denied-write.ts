/** @file Gives up the rights of root, which no permission stops, and tries to write where only the owner may. */
import { writeAtomic } from '../../../src/io/atomic.ts';

if (process.getuid?.() === 0) process.setuid?.(65534);
try {
  writeAtomic(process.argv[2]!, 'new');
  console.log('no complaint');
} catch (error) {
  console.log(`${(error as Error).name}: ${(error as Error).message}`);
}
