/** @file The picture of the tab Learn: exact and learned arrows, or a step of training in its phases. */
import { state } from '../state/state.ts';
import { place } from '../view/clock.ts';
import { densityLevel, dotStyle, errorLevel, type Picture } from '../view/picture.ts';
import { colors } from '../view/theme.ts';
import { exactField, learnedField, lesson, samples } from './learn-model.ts';
import { particlesAt } from './particles.ts';

/** The picture. */
export function learnPicture(): Picture {
  const { hide } = state.value;
  const { value: look } = colors;
  const seen = (name: string): boolean => !hide.includes(name);
  const { value: exact } = exactField;
  const { value: learned } = learnedField;
  const { value: shown } = lesson;
  const { value: drawn } = samples;
  if (shown !== undefined) return lessonPicture(shown);
  const cells =
    learned !== undefined
      ? { values: learned.error, colors: look.error, level: errorLevel }
      : exact && { values: exact.density, colors: look.density, level: densityLevel };
  return {
    cells: seen('density') ? cells : undefined,
    dots:
      drawn !== undefined && seen('particles')
        ? [{ at: particlesAt(drawn.frames, place.value), color: look.accent, ...dotStyle(400) }]
        : [],
    arrows: [
      ...(exact !== undefined && seen('arrows') ? [{ vectors: exact.arrows, color: look.ink, width: 1 }] : []),
      ...(learned !== undefined && seen('learned')
        ? [{ vectors: learned.arrows, color: look.learned, width: 1.8 }]
        : []),
    ],
  };
}

function lessonPicture({ batch, phase }: NonNullable<typeof lesson.value>): Picture {
  const { value: look } = colors;
  const { value: exact } = exactField;
  const factor = -batch.sigma / batch.scale;
  const at = phase === 0 ? batch.clean : batch.noisy;
  return {
    cells: exact && phase < 2 ? { values: exact.density, colors: look.density, level: densityLevel } : undefined,
    dots: [{ at, color: phase === 0 ? look.ink : look.accent, size: 5, opacity: 0.9 }],
    // From a noisy point back along the noise is where it came from.
    pointers: [
      ...(phase === 1 || phase === 3 ? [{ from: batch.noisy, by: batch.noise, color: look.ink, factor }] : []),
      ...(phase >= 2 ? [{ from: batch.noisy, by: batch.predicted, color: look.learned, factor }] : []),
    ],
  };
}
