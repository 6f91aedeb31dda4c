/** @file Guidance that runs away: it stops the command, which says where, with which scale, and what to try. */
import { rmsPerSample } from '../../base/arith.ts';
import { ConfigError, NumericalError } from '../../base/errors.ts';
import type { SampleProgress, SampleResult } from '../../sample/sampler.ts';
import type { Sde } from '../../sde/sde.ts';

/** Who guides, with what, and what is safer. */
export interface Guide {
  /** The option of the command line that chose it. */
  readonly option: string;
  /** What diverges, such as the name of a method. */
  readonly name: string;
  /** The scale and its value, such as stepSize = 0.5; none where there is none. */
  readonly scale: string | undefined;
  /** What to try, such as a smaller --guidance or more --steps. */
  readonly tries: readonly string[];
}

/**
 * A state is about as large as noisy samples are, sqrt(alpha^2 + sigma^2) at most, and a coarse step may leave one as large as
 * it was before; ten times that is none any more.
 */
const tooLarge = 10;

/**
 * The same steps; a guided sampler is stopped where it diverges.
 * @throws ConfigError if a sample of a guided sampler is not finite or leaves every scale that noisy samples have.
 */
export async function* requireBounded(
  drawing: AsyncGenerator<SampleProgress, SampleResult>,
  sde: Sde,
  guide: Guide | undefined,
): AsyncGenerator<SampleProgress, SampleResult> {
  let last: SampleProgress | undefined;
  try {
    for (;;) {
      const next = await drawing.next().catch((error: unknown) => {
        throw guide !== undefined && error instanceof NumericalError
          ? diverged(guide, last, 'a sample is not finite')
          : error;
      });
      if (next.done === true) return next.value;
      if (guide !== undefined) requireScale(sde, guide, { from: last?.t ?? sde.tMax, to: next.value });
      last = next.value;
      yield last;
    }
  } finally {
    await drawing.return(undefined as unknown as SampleResult);
  }
}

/** @throws ConfigError if a sample is far larger than noisy samples are. */
function requireScale(
  sde: Sde,
  guide: Guide,
  { from, to }: { readonly from: number; readonly to: SampleProgress },
): void {
  const size = Math.max(...[from, to.t].map((t) => Math.hypot(sde.alpha(t), sde.sigma(t))));
  const largest = rmsPerSample(to.x, () => size).reduce((a, b) => Math.max(a, b), 0);
  if (largest <= tooLarge) return;
  throw diverged(guide, to, `a sample is ${largest.toPrecision(2)} times too large`);
}

function diverged({ option, name, scale, tries }: Guide, at: SampleProgress | undefined, what: string): ConfigError {
  const where =
    at === undefined
      ? 'at the first step'
      : `after step ${at.step} of ${at.steps ?? '?'}, at t = ${at.t.toPrecision(3)}`;
  const withScale = scale === undefined ? '' : `, with ${scale}`;
  const message = `${name} diverged ${where}${withScale}: ${what}; try ${tries.join(', ')}`;
  return new ConfigError([{ path: option, message }]);
}
