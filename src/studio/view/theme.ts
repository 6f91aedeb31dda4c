/** @file The colors of pictures, which are those of the style sheet, light or dark. */
import { signal } from '@preact/signals';
import { dusk, mist, type ColorMap } from '../../plot/color.ts';

/** Colors of what is drawn on a canvas. */
export interface Colors {
  readonly dark: boolean;
  readonly ink: string;
  readonly muted: string;
  readonly accent: string;
  readonly learned: string;
  readonly data: string;
  readonly ground: string;
  readonly density: ColorMap;
  /** From nothing to a large error. */
  readonly error: ColorMap;
}

/** How the page looks: as the system asks, light or dark. */
export type Theme = 'auto' | 'light' | 'dark';

const stored = localStorage.getItem('theme');
/** What was chosen; it stays on this device, and no link changes it. */
export const theme = signal<Theme>(stored === 'light' || stored === 'dark' ? stored : 'auto');
const system = matchMedia('(prefers-color-scheme: dark)');

/** Whether what is seen should not move by itself. */
export const reducedMotion = matchMedia('(prefers-reduced-motion: reduce)');

function currentColors(): Colors {
  const dark = theme.value === 'auto' ? system.matches : theme.value === 'dark';
  const of = (name: string): string => {
    // The browser resolves light-dark() on an element, not in the value of a variable.
    const element = document.createElement('i');
    element.style.color = `var(--${name})`;
    document.body.append(element);
    const { color } = getComputedStyle(element);
    element.remove();
    return color;
  };
  return {
    dark,
    ink: of('ink'),
    muted: of('muted'),
    accent: of('accent'),
    learned: of('learned'),
    data: of('data'),
    ground: of('ground'),
    density: dark ? duskOnGround : (value) => mist(0.72 * value),
    error: dark ? warmOnDark : warmOnLight,
  };
}

/** The dark ground as the style sheet has it, as which thin densities look. */
const darkGround = [0.09, 0.078, 0.122] as const;

/** From the dark ground to teal. */
const duskOnGround: ColorMap = (value) => {
  const [red, green, blue] = dusk(0.2 + 0.42 * value);
  const part = Math.min(1, 2.2 * value);
  const mix = (i: 0 | 1 | 2, to: number): number => darkGround[i] * (1 - part) + to * part;
  return [mix(0, red), mix(1, green), mix(2, blue)];
};

/** From one color to another. */
const between =
  (from: readonly [number, number, number], to: readonly [number, number, number]): ColorMap =>
  (value) => {
    const mix = (i: 0 | 1 | 2): number => from[i] * (1 - value) + to[i] * value;
    return [mix(0), mix(1), mix(2)];
  };
const warmOnLight = between([1, 1, 1], [0.95, 0.62, 0.32]);
const warmOnDark = between(darkGround, [0.62, 0.3, 0.12]);

/** The colors as they are now; parts that draw read the signal. */
export const colors = signal<Colors>(currentColors());

/** Uses what was chosen, and follows the system where nothing was. */
export function followTheme(): void {
  const apply = (): void => {
    const { value } = theme;
    if (value === 'auto') delete document.documentElement.dataset['theme'];
    else document.documentElement.dataset['theme'] = value;
    colors.value = currentColors();
  };
  theme.subscribe((value) => {
    if (value === 'auto') localStorage.removeItem('theme');
    else localStorage.setItem('theme', value);
    apply();
  });
  system.addEventListener('change', apply);
}
