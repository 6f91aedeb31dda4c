/** @file The steps of an evaluation and of its parts. */

/** A step of an evaluation. */
export interface EvaluationStep {
  /** The part of all work that is done, 0 to 1, as estimated from the kinds of work that are left. */
  readonly fraction: number;
  /** The work that comes next: drawing samples, computing features, distances, metrics by name, or what the kind of the data says. */
  readonly stage: 'sampling' | 'features' | 'distances' | 'metrics' | 'report';
}

/** What yields the part of it that is done, as steps of an evaluation. */
export async function* reported<R>(
  steps: Generator<number, R> | AsyncGenerator<number, R>,
): AsyncGenerator<EvaluationStep, R> {
  let next = await steps.next();
  for (; next.done !== true; next = await steps.next()) yield { fraction: next.value, stage: 'report' };
  return next.value;
}

/** The steps of a part of an evaluation, which begins and ends at fractions of it. */
export async function* within<R>(
  from: number,
  to: number,
  steps: AsyncGenerator<EvaluationStep, R>,
): AsyncGenerator<EvaluationStep, R> {
  try {
    for (;;) {
      const next = await steps.next();
      if (next.done === true) return next.value;
      yield { ...next.value, fraction: from + (to - from) * next.value.fraction };
    }
  } finally {
    await steps.return(undefined as R);
  }
}
