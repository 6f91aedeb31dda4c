/** @file The numbers of the tab Sample. */
import type { JSX } from 'preact';
import { state } from '../../state/state.ts';
import { round } from './panes.tsx';
import { chainNames, chains, floor, races, scoresOf, ways, wayNames } from './model.ts';

const caption = 'sliced Wasserstein, p = 1, 32 directions, ± standard error';

/** Distances of samplers. */
export function RaceTable(): JSX.Element {
  const { by, n } = state.value;
  const { value: exact } = floor;
  const rows = by.flatMap((name) => scoresOf(state.value).map((score) => ({ name, score })));
  return (
    <table>
      <caption>
        Distance to {n} exact samples: {caption}
      </caption>
      <thead>
        <tr>
          <th scope="col">sampler</th>
          <th scope="col">evaluations</th>
          <th scope="col">distance</th>
          <th scope="col">ms here</th>
        </tr>
      </thead>
      <tbody>
        {rows.map(({ name, score }) => {
          const result = races.all.value.find(({ id }) => id === `${name} ${score}`)?.result;
          return (
            <tr key={`${name} ${score}`}>
              <th scope="row">{score === 'learned' ? `${name}, learned` : name}</th>
              <td>{result?.evaluations ?? '–'}</td>
              <td>{result === undefined ? '–' : round(result.distance)}</td>
              <td>{result === undefined ? '–' : result.ms.toFixed(0)}</td>
            </tr>
          );
        })}
        <tr>
          <th scope="row">exact samples</th>
          <td>–</td>
          <td>{exact === undefined ? '–' : round(exact)}</td>
          <td>–</td>
        </tr>
      </tbody>
    </table>
  );
}

/** What ways come to. */
export function WayTable(): JSX.Element {
  const rows = wayNames.flatMap(({ way, title, asks }) =>
    (asks ? scoresOf(state.value) : (['exact'] as const)).map((score) => ({ way, title, score })),
  );
  return (
    <table>
      <caption>
        At the end of each way: distance to exact samples of that time ({caption}), length of the paths, and of the flow
        the largest distance from where it began, there and back
      </caption>
      <thead>
        <tr>
          <th scope="col">way</th>
          <th scope="col">evaluations</th>
          <th scope="col">distance</th>
          <th scope="col">length</th>
          <th scope="col">and back</th>
        </tr>
      </thead>
      <tbody>
        {rows.map(({ way, title, score }) => {
          const result = ways.all.value.find(({ id }) => id === `${way} ${score}`)?.result;
          return (
            <tr key={`${way} ${score}`}>
              <th scope="row">{score === 'learned' ? `${title}, learned` : title}</th>
              <td>{result?.evaluations.toFixed(0) ?? '–'}</td>
              <td>{result === undefined ? '–' : round(result.distance)}</td>
              <td>{result === undefined ? '–' : result.length.value.toFixed(2)}</td>
              <td>{result?.roundTrip?.toExponential(1) ?? '–'}</td>
            </tr>
          );
        })}
        <tr>
          <th scope="row">exact samples</th>
          <td>–</td>
          <td>{floor.value === undefined ? '–' : round(floor.value)}</td>
          <td>–</td>
          <td>–</td>
        </tr>
      </tbody>
    </table>
  );
}

/** Gaussians whose weights have a row. */
const mostRows = 3;

/** What chains make of the weights and spreads of Gaussians. */
export function ChainTable(): JSX.Element {
  const known = chains.all.value;
  const all = chainNames.map(({ kind, title }) => ({ title, result: known.find(({ id }) => id === kind)?.result }));
  const modes = Math.max(0, ...all.map(({ result }) => result?.weights.length ?? 0));
  const dash = '–';
  return (
    <table>
      <caption>
        Where {state.value.n} chains end: the part of them in each Gaussian ± standard error, their distance to exact
        samples ({caption}), and root mean square distances from the nearest center
      </caption>
      <thead>
        <tr>
          <th scope="col" />
          {all.map(({ title }) => (
            <th scope="col" key={title}>
              {title}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {modes <= mostRows &&
          Array.from({ length: modes }, (_, k) => (
            <tr key={k}>
              <th scope="row">
                {k + 1} of {(all.find(({ result }) => result)?.result?.weights[k]?.expected ?? NaN).toFixed(2)}
              </th>
              {all.map(({ title, result }) => {
                const own = result?.weights[k]?.found;
                return <td key={title}>{own === undefined ? dash : round(own)}</td>;
              })}
            </tr>
          ))}
        <tr>
          <th scope="row">distance</th>
          {all.map(({ title, result }) => (
            <td key={title}>
              {result === undefined ? dash : result.diverged === 1 ? 'diverged' : round(result.distance)}
            </td>
          ))}
        </tr>
        <tr>
          <th scope="row">spread, of exact</th>
          {all.map(({ title, result }) => (
            <td key={title}>
              {result === undefined
                ? dash
                : `${result.diverged === 1 ? 'diverged' : result.spread.toPrecision(3)}, ${result.exactSpread.toPrecision(3)}`}
            </td>
          ))}
        </tr>
      </tbody>
    </table>
  );
}
