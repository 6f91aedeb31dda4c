/** @file `scorefield bridge --method light`: both directions of a bridge, fitted without a network. */
import { checkOptions } from '../../base/check.ts';
import { shellCommand } from '../../base/words.ts';
import { lightRun, type LightRunOptions } from '../../node/bridges/light-run.ts';
import { drawPaths } from '../../node/bridges/path-pictures.ts';
import { openShown } from '../shell/opening.ts';
import { watched } from '../shell/progress.ts';
import { duration, short, terminal } from '../shell/terminal.ts';

/** Options of the command that are of networks, or of rounds, of which a light bridge has none. */
const others = ['rounds', 'first', 'chain', 'pairs', 'network', 'set'] as const;

/** Options of `bridge`, of which a light bridge takes a part. */
export interface FitOptions extends LightRunOptions {
  readonly json?: boolean | undefined;
  readonly [other: string]: unknown;
}

/** Fits a bridge, and draws its paths. */
export async function fitBridge(
  [a, b]: readonly [a: string, b: string],
  { json, ...options }: FitOptions,
): Promise<void> {
  checkOptions(
    ...others.map((name) => [options[name] === undefined, name, 'is of networks in rounds; --method light has neither'] as const), // prettier-ignore
  );
  const out = terminal({ json });
  const fit = lightRun(a, b, { ...options, open: openShown });
  const { run, seconds, losses } = await watched(
    fit,
    ({ direction, step, loss }) => `${direction}  step ${step.toLocaleString('en')}  loss ${short(loss)}`,
    out,
  );
  const pictures = await drawPaths(run);
  out.line(`both directions in ${duration(seconds)}; paths: ${pictures.join(', ')}`);
  out.line(`carry samples with: ${shellCommand('scorefield', 'sample', `${run}/backward`)}`);
  out.result({ run, method: 'light', seconds: Number(seconds.toFixed(3)), losses, pictures });
}
