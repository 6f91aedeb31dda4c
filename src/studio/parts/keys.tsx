/** @file Keys of a tab: letters that do what its buttons do, for as long as it is seen. */
import { useEffect } from 'preact/hooks';

/** Whether a key is part of what is typed, or of a command of the browser. */
export function isTyped({ target, ctrlKey, metaKey, altKey }: KeyboardEvent): boolean {
  const field = 'input:not([type=radio], [type=range], [type=checkbox]), textarea, select';
  return ctrlKey || metaKey || altKey || ((target as Element | null)?.matches(field) ?? false);
}

/** What letters do. */
export function useKeys(acts: Readonly<Record<string, () => void>>): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (!event.defaultPrevented && !isTyped(event)) acts[event.key]?.();
    };
    addEventListener('keydown', onKey);
    return () => {
      removeEventListener('keydown', onKey);
    };
  });
}
