/** @file The line under a tab that says what its engine computes on, and offers the other device. */
import { signal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import { state } from '../state/state.ts';
import { pictureThreads } from '../work/threads.ts';
import { device } from '../work/workers.ts';

/** The graphics processor, once that is known. */
const graphics = signal<string | undefined>(undefined);

/** Chooses; a thread has one engine, so that the page begins anew. */
function chooseDevice(chosen: 'processor' | 'graphics'): void {
  localStorage.setItem('device', chosen);
  location.reload();
}

/** The name of the graphics processor, or undefined without one that can be used. */
async function graphicsProcessor(): Promise<string | undefined> {
  if (!('gpu' in navigator)) return undefined;
  const adapter = await navigator.gpu.requestAdapter().catch(() => null);
  if (adapter === null) return undefined;
  const { vendor, architecture, description } = adapter.info;
  return [description, vendor, architecture].find((own) => own !== '') ?? 'of this machine';
}

/** Properties of the line. */
export interface EngineLineProps {
  /** Whether the tab computes pictures, for which there may be threads. */
  readonly pictures: boolean;
}

/** What computes. */
export function EngineLine({ pictures }: EngineLineProps): JSX.Element | null {
  useEffect(() => {
    void graphicsProcessor().then((found) => {
      graphics.value = found;
      // It was there when it was chosen.
      if (device === 'graphics' && found === undefined) chooseDevice('processor');
    });
  }, []);
  if (state.value.hide.includes('text')) return null;
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
      {device !== 'graphics' && graphics.value !== undefined && (
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
