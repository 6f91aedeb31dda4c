/** @file The shell of the studio: its header, its tabs and its keys. */
import { computed, signal } from '@preact/signals';
import { render, type ComponentType, type JSX } from 'preact';
import { tabs, type State } from './state/address.ts';
import { change, followAddress, noteFault, notes, state } from './state/state.ts';
import { takeFile } from './parts/files.ts';
import { isTyped } from './parts/keys.tsx';
import { FieldTab } from './tabs/field.tsx';
import { nudge, pause, play, playIfWelcome, playing, seek } from './view/clock.ts';
import { exact } from './work/workers.ts';
import { followTheme, theme, type Theme } from './view/theme.ts';

const titles: Readonly<Record<State['tab'], string>> = {
  field: 'Field',
  learn: 'Learn',
  sample: 'Sample',
  restore: 'Restore',
  likelihood: 'Likelihood',
  bridge: 'Bridge',
  runs: 'Runs',
  experiments: 'Experiments',
};

/** The bar of an experiment comes with the first address that names one. */
const experimentBar = signal<ComponentType | undefined>(undefined);

/** Tabs but the first come when they are first opened. */
const loaded = signal<Partial<Record<State['tab'], ComponentType>>>({ field: FieldTab });
const loaders: Readonly<Record<Exclude<State['tab'], 'field'>, () => Promise<ComponentType>>> = {
  learn: async () => (await import('./tabs/learn.tsx')).LearnTab,
  sample: async () => (await import('./tabs/sample/tab.tsx')).SampleTab,
  restore: async () => (await import('./tabs/restore/tab.tsx')).RestoreTab,
  likelihood: async () => (await import('./tabs/likelihood/tab.tsx')).LikelihoodTab,
  bridge: async () => (await import('./tabs/bridge/tab.tsx')).BridgeTab,
  runs: async () => (await import('./tabs/runs.tsx')).RunsTab,
  experiments: async () => (await import('./tabs/experiments.tsx')).ExperimentsTab,
};
const tab = computed(() => state.value.tab);
tab.subscribe((own) => {
  document.title = `${titles[own]} – scorefield studio`;
  if (own === 'field' || loaded.peek()[own] !== undefined) return;
  // A server that has ended has no tabs either.
  loaders[own]().then((component) => (loaded.value = { ...loaded.value, [own]: component }), noteFault);
});

computed(() => state.value.exp !== '').subscribe((open) => {
  if (open && experimentBar.peek() === undefined)
    void import('./parts/experiment-bar.tsx').then(({ ExperimentBar }) => (experimentBar.value = ExperimentBar));
});

const nextTheme: Readonly<Record<Theme, Theme>> = { auto: 'light', light: 'dark', dark: 'auto' };

function Page(): JSX.Element {
  const own = tab.value;
  const Panel = loaded.value[own];
  const Bar = experimentBar.value;
  return (
    <>
      {!state.value.hide.includes('header') && (
        <header>
          <a
            class="skip"
            href="#main"
            onClick={(event) => {
              event.preventDefault();
              document.querySelector<HTMLElement>('main')?.focus();
            }}
          >
            To the content
          </a>
          <p class="brand">
            scorefield <span>studio</span>
          </p>
          <nav aria-label="Tabs">
            <ul>
              {tabs.map((name, i) => (
                <li key={name}>
                  <button
                    type="button"
                    aria-current={name === own ? 'page' : undefined}
                    title={`key ${i + 1}`}
                    onClick={() => {
                      change({ tab: name });
                    }}
                  >
                    {titles[name]}
                  </button>
                </li>
              ))}
            </ul>
          </nav>
          <button
            type="button"
            class="round theme"
            aria-label={`Colors: ${theme.value === 'auto' ? 'as the system' : theme.value}`}
            title={`Colors: ${theme.value === 'auto' ? 'as the system' : theme.value}`}
            onClick={() => (theme.value = nextTheme[theme.value])}
          >
            <svg viewBox="0 0 20 20" aria-hidden="true">
              <circle cx="10" cy="10" r="6.5" fill="none" stroke="currentColor" stroke-width="1.5" />
              {theme.value !== 'light' && <path d="M10 3.5a6.5 6.5 0 0 1 0 13z" />}
              {theme.value === 'dark' && <path d="M10 3.5a6.5 6.5 0 0 0 0 13z" />}
            </svg>
          </button>
        </header>
      )}
      <main tabIndex={-1}>
        {notes.value.map((note) => (
          <p class="notice" role="status" key={note}>
            {note}
          </p>
        ))}
        {state.value.exp !== '' && Bar !== undefined && <Bar />}
        {Panel === undefined ? <p class="waiting">Loading…</p> : <Panel />}
      </main>
    </>
  );
}

/** Keys of the whole page; those of a control that has the focus come first. */
function onKey(event: KeyboardEvent): void {
  if (event.defaultPrevented || isTyped(event)) return;
  const target = event.target as Element | null;
  const name = tabs[Number(event.key) - 1];
  if (name !== undefined) {
    change({ tab: name });
    return;
  }
  const inControl = target?.matches('input, button, summary, select, textarea, a, pre') ?? false;
  if (inControl) return;
  const acts: Readonly<Record<string, () => void>> = {
    ' ': () => {
      if (playing.value) pause();
      else play();
    },
    ArrowLeft: () => {
      nudge(-1);
    },
    ArrowRight: () => {
      nudge(1);
    },
    Home: () => {
      seek(0);
    },
    End: () => {
      seek(1);
    },
  };
  const act = acts[event.key];
  if (act === undefined) return;
  event.preventDefault();
  act();
}

function acceptFiles(): void {
  addEventListener('dragover', (event) => {
    event.preventDefault();
  });
  addEventListener('drop', (event) => {
    event.preventDefault();
    const [file] = event.dataTransfer?.files ?? [];
    if (file !== undefined) void takeFile(file);
  });
}

function open(root: Element): void {
  followTheme();
  followAddress();
  acceptFiles();
  addEventListener('keydown', onKey);
  document.addEventListener('visibilitychange', () => {
    if (document.hidden && playing.value) pause();
  });
  render(<Page />, root);
  // An address that says where the clock stands is shown as it is.
  if (location.hash === '') playIfWelcome();
  if (import.meta.env.MODE === 'site') void import('./site/keep.ts').then(({ keepForLater }) => keepForLater());
}

if (tab.peek() === 'field') exact.prepare();
const root = document.querySelector('#page');
// A task of its own: with the evaluation of this module and the end of parsing it would be too long a one.
if (root !== null) setTimeout(open, 0, root);
