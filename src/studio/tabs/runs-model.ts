/** @file What the tab Runs knows: the runs that its server shows, as they are now. */
import { effect, signal } from '@preact/signals';
import type { RunView } from '../../run/folder/run-view.ts';
import { noteFault, state } from '../state/state.ts';

/** A run with its number. */
export interface SeenRun extends RunView {
  readonly run: number;
}

/** Milliseconds between two looks. */
const every = 2000;

/** Names of the runs of the server; none where the page is served as plain files. */
export const served = signal<readonly string[] | undefined>(undefined);
/** The runs that are seen, in the order of the address. */
export const seen = signal<readonly SeenRun[]>([]);
/** The time of the last look, in milliseconds since 1970; NaN where the server does not say it. */
export const lookedMs = signal(0);

/** The address of a picture of a run. */
export function pictureAddress(run: number, name: string): string {
  return new URL(`runs/${run}/${name}`, document.baseURI).href;
}

async function json<T>(path: string): Promise<T> {
  const answer = await fetch(new URL(path, document.baseURI), { cache: 'no-cache' });
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
  // By the clock of the server, which is that of the runs.
  lookedMs.value = Date.parse(answer.headers.get('date') ?? '');
  return (await answer.json()) as T;
}

/** The runs of an address that the server has, by their numbers; the first one where it names none. */
function numbersOf(runs: readonly string[], { length }: readonly string[]): readonly number[] {
  const known = runs.map(Number).filter((own) => own < length);
  return known.length > 0 || length === 0 ? known : [0];
}

/** Looks at the runs of the address for as long as the tab is open. */
export function followRuns(): () => void {
  let open = true;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let looks = 0;
  const look = async (runs: readonly string[]): Promise<void> => {
    clearTimeout(timer);
    const mine = (looks += 1);
    const newest = (): boolean => open && mine === looks;
    try {
      const has = served.peek() ?? (await json<readonly string[]>('runs.json'));
      served.value = has;
      const found = await Promise.all(
        numbersOf(runs, has).map(async (run) => ({ run, ...(await json<RunView>(`runs/${run}.json`)) })),
      );
      if (!newest()) return;
      seen.value = found;
      if (found.length === 0) return;
    } catch (error) {
      noteFault(error);
    }
    if (newest()) timer = setTimeout(() => void look(runs), every);
  };
  const stop = effect(() => {
    // Another choice is looked at at once.
    void look(state.value.runs);
  });
  return () => {
    open = false;
    clearTimeout(timer);
    stop();
  };
}
