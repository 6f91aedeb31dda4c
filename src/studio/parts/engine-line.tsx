/** @file The line under a tab that says what its engine computes on, and offers the other device. */
import { signal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import { chooseDevice, device, graphicsProcessor } from '../state/device.ts';
import { pictureThreads } from '../work/threads.ts';

/** The graphics processor, once that is known. */
const graphics = signal<string | undefined>(undefined);

/** Properties of the line. */
export interface EngineLineProps {
  /** Whether the tab computes pictures, for which there may be threads. */
  readonly pictures: boolean;
}

/** What computes. */
export function EngineLine({ pictures }: EngineLineProps): JSX.Element {
  useEffect(() => {
    void graphicsProcessor().then((found) => {
      graphics.value = found;
      // It was there when it was chosen.
      if (device === 'graphics' && found === undefined) chooseDevice('processor');
    });
  }, []);
  const threads = pictures ? pictureThreads() : 1;
  return (
    <p class="engine">
      {device === 'graphics'
        ? `Networks are computed on the graphics processor (${graphics.value ?? '…'}), by WebGPU. `
        : `Networks are computed on the processor, ${threads === 1 ? 'by one thread' : `by ${threads} threads`}. `}
      {device === 'graphics' && (
        <button
          type="button"
          onClick={() => {
            chooseDevice('processor');
          }}
        >
          Use the processor
        </button>
      )}
      {device === 'processor' && graphics.value !== undefined && (
        <button
          type="button"
          title={`${graphics.value}; the page begins anew, and its numbers agree to rounding`}
          onClick={() => {
            chooseDevice('graphics');
          }}
        >
          Use the graphics processor
        </button>
      )}
    </p>
  );
}
