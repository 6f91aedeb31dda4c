/** @file Keeps memory that comes and goes by the megabyte in the process, where the allocator is that of glibc. */
import { MessageChannel } from 'node:worker_threads';

/** Bytes: the most that glibc takes for a hint, 32 MiB with its own header, less a few pages. */
const hint = 2 ** 25 - 2 ** 16;

let given = false;

/**
 * Shows the allocator that blocks of up to 32 MiB come and go, by taking and freeing one, which is never touched: glibc then serves them
 * from its heap, and keeps up to 64 MiB of that when they are freed, in place of asking the system for new pages each time. A
 * training step of a million parameters leaves arrays of 18 MB, 4,000 page faults if they are new. Where the environment has set
 * glibc's thresholds, and with other allocators, it changes nothing.
 */
export function keepFreedMemory(): void {
  if (given || process.platform !== 'linux') return;
  given = true;
  const { port1 } = new MessageChannel();
  port1.close();
  const block = new ArrayBuffer(hint);
  // What is transferred to a closed port is freed at once, not when garbage is collected.
  port1.postMessage(block, [block]);
}
