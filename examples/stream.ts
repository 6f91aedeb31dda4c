/** @file Watching samples come out of noise, and stopping after two seconds. */
import { openModel } from 'scorefield/node';

const model = await openModel('emoji');
try {
  const run = model.sample({ count: 4, sampler: 'ancestral', steps: 500, signal: AbortSignal.timeout(2000) });
  for await (const { step, steps, samples } of run) {
    if (step % 10 === 0) await samples.save('now.png');
    console.log(`step ${step} of ${steps}`);
  }
} catch (error) {
  console.log((error as Error).name === 'TimeoutError' ? 'stopped: two seconds are over' : error);
}
