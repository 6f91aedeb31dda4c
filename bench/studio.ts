/**
 * @file How fast the built page of the studio is in Chromium on this machine: medians of several visits beside their budgets, as one JSON line
 * a measurement. Times are those of the clock, so that an idle machine is needed; the load is printed, and the milliseconds that the processor gave
 * all threads of the page from its beginning, which other programs change little.
 *
 * Usage: studio.ts [--visits 5] [--only frame,engine,...]
 */
import { readFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import type { Browser, Page } from 'playwright-core';
import { tasksOf } from '../test/studio/main-thread.ts';
import { startStudio, type Studio, type Visit } from '../test/studio/page.ts';

const { values } = parseArgs({ options: { visits: { type: 'string', default: '5' }, only: { type: 'string' } } });

const median = (numbers: readonly number[]): number => {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? NaN;
};
const quantile = (numbers: readonly number[], part: number): number =>
  numbers.toSorted((a, b) => a - b)[Math.ceil(part * numbers.length) - 1] ?? NaN;

/** A visit of a tab in an empty cache, until it has what its tab begins with. */
type Measure = (studio: Studio) => Promise<number>;

/** Waits in the page, at every frame, for what is true there, and says when that was in milliseconds after the navigation began. */
const when = (page: Page, condition: string): Promise<number> =>
  page.evaluate(`new Promise((resolve) => {
    const look = () => (${condition}) ? resolve(performance.now()) : requestAnimationFrame(look);
    look();
  })`);

const hasParticles = `(() => {
  const canvas = document.querySelector('.stage canvas');
  if (!canvas || !canvas.width) return false;
  const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
  let found = 0;
  for (let i = 0; i < data.length; i += 16) if (data[i] > 150 && data[i] - data[i + 2] > 80) found++;
  return found > 100;
})()`;
const steps = `Number([...document.querySelectorAll('.readout div')].find((own) => own.firstChild?.textContent === 'step')?.lastChild.textContent ?? 0)`;

const visited = async <T>(studio: Studio, hash: string, use: (visit: Visit) => Promise<T>): Promise<T> => {
  await using visit = await studio.open(hash, hash === '' ? {} : { reducedMotion: 'reduce' });
  const found = await use(visit);
  spent.push(await processorMs(studio.browser));
  return found;
};

/** Milliseconds of the processor of the visits of a measurement. */
let spent: number[] = [];

/** Opens the tab Learn and lets it learn by itself; the address says the width of the page's beginning. */
const learning = <T>(studio: Studio, use: (page: Page, from: number) => Promise<T>): Promise<T> =>
  visited(studio, '#tab=learn', async ({ page }) => {
    await page.getByRole('button', { name: 'Slow' }).waitFor();
    const from: number = await page.evaluate('performance.now()');
    await page.keyboard.press('l');
    return use(page, from);
  });

/** A number of each process of a page: the largest, as there is one in waiting. */
async function largest(browser: Browser, of: (id: number) => number): Promise<number> {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  await session.detach();
  return Math.max(...processInfo.filter(({ type }) => type === 'renderer').map(({ id }) => of(id)));
}

/** Megabytes in memory. */
const residentMb = (browser: Browser): Promise<number> =>
  largest(
    browser,
    (id) => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${id}/status`, 'utf8'))?.[1] ?? NaN) / 1024,
  );

/** Has the page and its workers collect their garbage, which they do when they please, and hand the memory back. */
async function collectGarbage(page: Page): Promise<void> {
  const session = await page.context().newCDPSession(page);
  const collected = new Set<string>();
  session.on('Target.attachedToTarget', ({ sessionId }) => {
    const message = JSON.stringify({ id: 1, method: 'HeapProfiler.collectGarbage' });
    void session.send('Target.sendMessageToTarget', { sessionId, message });
  });
  session.on('Target.receivedMessageFromTarget', ({ sessionId, message }) => {
    if ((JSON.parse(message) as { readonly id?: number }).id === 1) collected.add(sessionId);
  });
  await session.send('Target.setAutoAttach', { autoAttach: true, waitForDebuggerOnStart: false, flatten: false });
  await session.send('HeapProfiler.collectGarbage');
  while (collected.size < page.workers().length) await page.waitForTimeout(10);
  await session.detach();
}

/** Milliseconds of the processor; Linux counts hundredths of a second. */
const processorMs = (browser: Browser): Promise<number> =>
  largest(browser, (id) => {
    const fields = readFileSync(`/proc/${id}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ');
    return 10 * (Number(fields[11]) + Number(fields[12]));
  });

/** Milliseconds from the key that stops what runs in a worker to the worker's word that it has. */
async function stopping(
  studio: Studio,
  hash: string,
  keyOfStop: string,
  begin: (page: Page) => Promise<void>,
): Promise<number> {
  await using visit = await studio.open('', { reducedMotion: 'reduce' });
  const { page } = visit;
  await page.addInitScript(`
    const { postMessage } = Worker.prototype;
    Worker.prototype.postMessage = function (message, ...rest) {
      if (message?.kind === 'stop') globalThis.asked = performance.now();
      this.heard ??= (this.addEventListener('message', ({ data }) => {
        if (data?.kind === 'step') globalThis.stepped = (globalThis.stepped ?? 0) + 1;
        if (data?.kind === 'stopped') globalThis.ended = performance.now();
      }), true);
      return postMessage.call(this, message, ...rest);
    };`);
  await page.goto('about:blank');
  await page.goto(studio.address + hash);
  await begin(page);
  await page.evaluate('delete globalThis.ended');
  await page.keyboard.press(keyOfStop);
  await when(page, 'globalThis.ended !== undefined');
  return await page.evaluate('globalThis.ended - globalThis.asked');
}

const afterSteps =
  (count: number) =>
  (page: Page): Promise<void> =>
    when(page, `globalThis.stepped >= ${count}`).then(() => undefined);

const measures: Readonly<
  Record<string, { readonly what: string; readonly budget: number; readonly once?: true; readonly of: Measure }>
> = {
  frame: {
    what: 'first frame with particles, ms after the navigation',
    budget: 500,
    of: (studio) => visited(studio, '', ({ page }) => when(page, hasParticles)),
  },
  engine: {
    what: 'engine ready: the first step of a training, ms after L',
    budget: 3000,
    of: (studio) => learning(studio, async (page, from) => (await when(page, `${steps} > 0`)) - from),
  },
  learned: {
    what: 'learned field: 1000 steps, ms after L',
    budget: 8000,
    of: (studio) => learning(studio, async (page, from) => (await when(page, `${steps} >= 1000`)) - from),
  },
  frames: {
    what: '95th percentile of the frames while it trains, ms',
    budget: 20,
    of: (studio) =>
      learning(studio, async (page) => {
        await when(page, `${steps} > 0`);
        const times: readonly number[] = await page.evaluate(`new Promise((resolve) => {
          const times = [];
          let last = performance.now();
          const frame = (now) => {
            times.push(now - last);
            last = now;
            if (${steps} >= 1000 || times.length >= 150) resolve(times.slice(1));
            else requestAnimationFrame(frame);
          };
          requestAnimationFrame(frame);
        })`);
        return quantile(times, 0.95);
      }),
  },
  task: {
    what: 'longest task of the main thread while it opens and trains, ms',
    budget: 50,
    of: (studio) =>
      visited(studio, '#tab=runs', async ({ page }) => {
        const tasks = await tasksOf(studio.browser, page, async () => {
          await page.goto('about:blank');
          await page.goto(`${studio.address}#tab=learn`);
          await page.getByRole('button', { name: 'Slow' }).waitFor();
          await page.keyboard.press('l');
          await when(page, `${steps} >= 500`);
        });
        return Math.max(...tasks.map(({ wall }) => wall));
      }),
  },
  stop: {
    what: 'from R to the end of a training, ms',
    budget: 100,
    of: (studio) =>
      stopping(studio, '#tab=learn', 'r', async (page) => {
        await page.getByRole('button', { name: 'Slow' }).waitFor();
        await page.keyboard.press('l');
        await when(page, `${steps} > 50`);
      }),
  },
  'stop-race': {
    what: 'from G to the end of a race of samplers, ms',
    budget: 100,
    of: (studio) => stopping(studio, '#tab=sample&nfe=200&n=1000', 'g', afterSteps(1)),
  },
  'stop-restore': {
    what: 'from G to the end of a restoration of four pictures, ms',
    budget: 100,
    of: (studio) => stopping(studio, '#tab=restore&evals=200', 'g', afterSteps(1)),
  },
  'stop-likelihood': {
    what: 'from G to the end of a likelihood of pictures, ms',
    budget: 100,
    // The first step is before the program is built, and each evaluation is one.
    of: (studio) => stopping(studio, '#tab=likelihood&of=pictures', 'g', afterSteps(4)),
  },
  'stop-building': {
    what: 'from G to the end of a likelihood whose program is being built, ms',
    budget: 100,
    of: (studio) => stopping(studio, '#tab=likelihood&of=pictures', 'g', afterSteps(1)),
  },
  model: {
    what: 'a model of half precision is fetched and opens in a worker that rests, ms',
    budget: 100,
    of: async (studio) => {
      await using visit = await studio.open('', { reducedMotion: 'reduce' });
      const { page } = visit;
      await page.addInitScript(`
        const { postMessage } = Worker.prototype;
        globalThis.running = 0;
        Worker.prototype.postMessage = function (message, ...rest) {
          if (message?.kind === 'start') {
            const asked = performance.now();
            globalThis.running++;
            this.addEventListener('message', ({ data }) => {
              if (data.id !== message.id || data.kind === 'step') return;
              globalThis.running--;
              if (message.name === 'facts') globalThis.opened = performance.now() - asked;
            });
          }
          return postMessage.call(this, message, ...rest);
        };`);
      await page.goto('about:blank');
      await page.goto(`${studio.address}#tab=restore`);
      // Another model, in a worker that has begun and rests: not behind the pictures of the one before.
      await when(page, 'globalThis.opened !== undefined && globalThis.running === 0');
      await page.waitForTimeout(100);
      await when(page, 'globalThis.running === 0');
      await page.evaluate('delete globalThis.opened');
      await page.goto(`${studio.address}#tab=restore&model=emoji`);
      await when(page, 'globalThis.opened !== undefined');
      return await page.evaluate('globalThis.opened');
    },
  },
  memory: {
    what: 'memory of the page with four restored pictures, MB',
    budget: 350,
    once: true,
    of: (studio) =>
      visited(studio, '#tab=restore&task=superres&evals=20', async ({ page }) => {
        await page.locator('.attempt figure', { hasText: 'mean' }).getByText(/dB/).waitFor({ timeout: 120_000 });
        return residentMb(studio.browser);
      }),
  },
  growth: {
    what: 'growth of the memory over the last 100 of 200 rebuilt fields, without garbage, MB',
    budget: 10,
    once: true,
    of: (studio) =>
      learning(studio, async (page) => {
        await when(page, `${steps} >= 1000`);
        const rebuild = async (to: number): Promise<void> => {
          for (let at = to - 99; at <= to; at++) {
            await page.getByRole('button', { name: 'Step' }).click();
            await when(page, `${steps} >= ${1000 + at}`);
          }
        };
        await rebuild(100);
        await collectGarbage(page);
        const before = await residentMb(studio.browser);
        await rebuild(200);
        await collectGarbage(page);
        return (await residentMb(studio.browser)) - before;
      }),
  },
};

const studio = await startStudio();
try {
  const chosen = values.only?.split(',') ?? Object.keys(measures);
  for (const name of chosen) {
    const measure = measures[name];
    if (measure === undefined) throw new Error(`expected of ${Object.keys(measures).join(', ')}, got ${name}`);
    const { what, budget, once, of } = measure;
    const found: number[] = [];
    spent = [];
    for (let i = 0; i < (once === true ? 1 : Number(values.visits)); i++) found.push(await of(studio));
    const round = (value: number): number => Number(value.toPrecision(3));
    const load = round(loadavg()[0] ?? NaN);
    console.log(
      JSON.stringify({ name, what, median: round(median(found)), budget, all: found.map(round), cpu: spent, load }),
    );
  }
} finally {
  await studio.close();
}
