/** @file The tab Runs: trainings as they go, from their folders, and models that were trained before. */
import { useSignal } from '@preact/signals';
import type { ComponentChildren, JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import { Readout, Slider } from '../parts/controls.tsx';
import { Share } from '../parts/share.tsx';
import { change, state } from '../state/state.ts';
import { Curves } from './run-curves.tsx';
import { followRuns, lookedMs, pictureAddress, seen, served, type SeenRun } from './runs-model.ts';

/** The tab. */
export function RunsTab(): JSX.Element {
  useEffect(followRuns, []);
  const { value: runs } = seen;
  const [first, second] = runs;
  const text = !state.value.hide.includes('text');
  return (
    <section class="tab" aria-label="Runs">
      <div class="lede">
        <h1>Trainings, as they go</h1>
        {text && <Lede some={first !== undefined} />}
      </div>
      <div class="picture">
        {served.value?.length === 0 && <p class="empty">No run is shown here.</p>}
        <div class={`panes of-${runs.length}`}>
          {runs.map((own) => (
            <Pictures key={own.run} run={own} named={runs.length > 1} />
          ))}
        </div>
      </div>
      <div class="side">
        {first !== undefined && (
          <>
            <Choices />
            <Standing run={first} />
            {second !== undefined && <Standing run={second} />}
            <Curves runs={runs} />
            <Configuration runs={runs} />
            {second === undefined && <Log run={first} />}
          </>
        )}
        {first !== undefined && (
          <Share
            name={`run-${first.name}-step-${first.step}`}
            code={sampleProgram(first.name)}
            picture={() => pictureOf(first)}
            numbers={() =>
              runs.map(({ name, config, step, seconds, curve, levels }) => ({
                name,
                config,
                step,
                seconds,
                curve,
                levels,
              }))
            }
          />
        )}
      </div>
    </section>
  );
}

function Lede({ some }: { readonly some: boolean }): JSX.Element {
  if (some)
    return (
      <p>
        What the folder of a run says, read every two seconds and never written. A network has learned a noise level
        where its error is below that of the <b>best linear score</b> of the data.
      </p>
    );
  return (
    <p>
      Start the studio with the folder of a run, or several: <code>scorefield studio RUN</code> shows their losses,
      samples and configuration here while they are trained. A <code>model.safetensors</code> that is dropped on the
      page opens.
    </p>
  );
}

function sampleProgram(name: string): string {
  return [
    "import { openModel } from 'scorefield/node';",
    '',
    `const model = await openModel(${JSON.stringify(name)}); // the folder of the run`,
    'const { samples } = await model.sample({ count: 16, seed: 1 });',
    "await samples.save('samples.png');",
  ].join('\n');
}

/** The run that is seen, and the one beside it. */
function Choices(): JSX.Element | null {
  const names = served.value ?? [];
  const [first, second] = seen.value.map(({ run }) => run);
  if (names.length < 2 || first === undefined) return null;
  const choose = (label: string, value: number | undefined, put: (run: string) => void): JSX.Element => (
    <label class="control">
      <span class="label">{label}</span>
      <select
        value={value ?? ''}
        onChange={({ currentTarget }) => {
          put(currentTarget.value);
        }}
      >
        {label !== 'Run' && <option value="">none</option>}
        {names.map((name, run) => (
          <option key={run} value={run} disabled={label !== 'Run' && run === first}>
            {name}
          </option>
        ))}
      </select>
    </label>
  );
  return (
    <div class="pickers">
      {choose('Run', first, (run) => {
        change({ runs: [run, ...(second === undefined || String(second) === run ? [] : [String(second)])] });
      })}
      {choose('Compare with', second, (run) => {
        change({ runs: run === '' ? [String(first)] : [String(first), run] });
      })}
    </div>
  );
}

/** A time as people say it. */
function spoken(seconds: number): string {
  if (seconds < 90) return `${Math.round(seconds)} s`;
  if (seconds < 5400) return `${Math.round(seconds / 60)} min`;
  return `${(seconds / 3600).toFixed(seconds < 36_000 ? 1 : 0)} h`;
}

/** With three digits that matter. */
const rounded = (value: number): string => Number(value.toPrecision(3)).toLocaleString('en');

/** Seconds without a line after which a training is said to rest. */
const silentSeconds = 180;

function Standing({ run }: { readonly run: SeenRun }): JSX.Element {
  const { name, step, fraction, seconds, secondsLeft, samplesPerSecond, writtenMs, curve } = run;
  const passed = Math.max(0, (lookedMs.value - (writtenMs ?? NaN)) / 1000);
  const ago = Number.isFinite(passed) ? passed : undefined;
  const rests = fraction < 1 && ago !== undefined && ago > silentSeconds;
  const last = curve.at(-1);
  const lastLine = fraction >= 1 ? 'done' : ago === undefined ? '–' : `${spoken(ago)} ago`;
  return (
    <div class="standing">
      <div class="progress">
        <b>{name}</b>
        <progress max={1} value={fraction} aria-label={`part of the training of ${name} that is done`} />
        <span>{Math.floor(100 * fraction)} %</span>
      </div>
      <Readout
        rows={[
          ['step', step.toLocaleString('en')],
          ['loss', last === undefined ? '–' : last.smoothedLoss.toPrecision(3)],
          ['samples a second', samplesPerSecond === undefined ? '–' : rounded(samplesPerSecond)],
          ['trained', spoken(seconds)],
          ['left', fraction >= 1 || secondsLeft === undefined ? '–' : spoken(secondsLeft)],
          ['last line', rests ? <span class="rests">{lastLine}: it rests</span> : lastLine],
        ]}
      />
    </div>
  );
}

/** The values of a configuration by their dotted names. */
function flat(value: unknown, name = ''): readonly (readonly [name: string, text: string])[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return [[name, Array.isArray(value) ? value.join(', ') : String(value)]];
  return Object.entries(value).flatMap(([key, own]) => flat(own, name === '' ? key : `${name}.${key}`));
}

function Configuration({ runs }: { readonly runs: readonly SeenRun[] }): JSX.Element {
  const tables = runs.map(({ config, env }) => new Map([...flat(config), ...flat(env, 'env')]));
  const keys = [...new Set(tables.flatMap((table) => [...table.keys()]))];
  const differs = (key: string): boolean => new Set(tables.map((table) => table.get(key))).size > 1;
  const rows = runs.length > 1 ? keys.filter(differs) : keys;
  return (
    <details open={runs.length > 1}>
      <summary>{runs.length > 1 ? `What differs in configuration: ${rows.length}` : 'Configuration'}</summary>
      <Table head={['', ...runs.map(({ name }) => name)]}>
        {rows.map((key) => (
          <tr key={key}>
            <th scope="row">{key}</th>
            {tables.map((table, i) => (
              <td key={i}>{table.get(key) ?? '–'}</td>
            ))}
          </tr>
        ))}
      </Table>
    </details>
  );
}

function Log({ run: { log } }: { readonly run: SeenRun }): JSX.Element {
  const keys = [...new Set(log.flatMap(Object.keys))];
  const shown = (value: unknown): string =>
    typeof value === 'number'
      ? String(Number(value.toPrecision(5)))
      : value === undefined
        ? '–'
        : JSON.stringify(value);
  return (
    <details>
      <summary>Last lines of the log</summary>
      <Table head={keys}>
        {log.map((line, i) => (
          <tr key={i}>
            {keys.map((key) => (
              <td key={key}>{shown(line[key])}</td>
            ))}
          </tr>
        ))}
      </Table>
    </details>
  );
}

function Table({
  head,
  children,
}: {
  readonly head: readonly string[];
  readonly children: ComponentChildren;
}): JSX.Element {
  return (
    <div class="scroll" tabIndex={0}>
      <table>
        <thead>
          <tr>
            {head.map((name, i) =>
              name === '' ? (
                <td key={i} />
              ) : (
                <th key={i} scope="col">
                  {name}
                </th>
              ),
            )}
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </div>
  );
}

/** Samples over time. */
function Pictures({
  run: { run, name, pictures },
  named,
}: {
  readonly run: SeenRun;
  readonly named: boolean;
}): JSX.Element {
  // The newest one until another is chosen.
  const chosen = useSignal<number | undefined>(undefined);
  const at = Math.min(chosen.value ?? Infinity, pictures.length - 1);
  const shown = pictures[at];
  if (shown === undefined)
    return (
      <p class="empty">
        {named ? `${name}: there` : 'There'} are no samples yet; they come with train.sampleEvery steps.
      </p>
    );
  return (
    <figure class="samples">
      <img
        src={pictureAddress(run, shown.samples)}
        alt={`Samples of ${name} after ${shown.step} steps`}
        onLoad={sharpIfSmall}
      />
      {shown.strip !== undefined && (
        <img
          src={pictureAddress(run, shown.strip)}
          alt="The first of them on their way from noise to data, from left to right"
          onLoad={sharpIfSmall}
        />
      )}
      <figcaption>
        <Slider
          label={named ? name : 'Samples'}
          value={at}
          range={[0, Math.max(1, pictures.length - 1)]}
          step={1}
          text={`step ${shown.step}, ${at + 1} of ${pictures.length}`}
          onChange={(value) => (chosen.value = value >= pictures.length - 1 ? undefined : value)}
        />
      </figcaption>
    </figure>
  );
}

/** The newest picture of a run. */
async function pictureOf({ run, pictures }: SeenRun): Promise<Blob | undefined> {
  const last = pictures.at(-1);
  return last && (await fetch(pictureAddress(run, last.samples))).blob();
}

/** Small pictures are drawn with the pixels that they have, plots as they are. */
function sharpIfSmall({ currentTarget: image }: { readonly currentTarget: HTMLImageElement }): void {
  image.classList.toggle('sharp', image.naturalWidth < 400);
}
