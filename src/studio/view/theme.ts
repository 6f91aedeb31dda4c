/** @file The colors of pictures, which are those of the style sheet, light or dark. */
import { signal } from '@preact/signals';
import { mapsOf, type Colors } from './palette.ts';

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
    ...mapsOf(dark),
  };
}

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
