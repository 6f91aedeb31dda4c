/** @file What the engine computes on: of the visitor's machine, so that it is kept there and no link says it. */

/** The processor, or a graphics processor by WebGPU. */
export type Device = 'processor' | 'graphics';

/** What was chosen, where the browser has it. */
export const device: Device =
  'gpu' in navigator && localStorage.getItem('device') === 'graphics' ? 'graphics' : 'processor';

/** Chooses; a thread has one engine, so that the page begins anew. */
export function chooseDevice(chosen: Device): void {
  localStorage.setItem('device', chosen);
  location.reload();
}

/** The name of the graphics processor, or undefined without one that can be used. */
export async function graphicsProcessor(): Promise<string | undefined> {
  if (!('gpu' in navigator)) return undefined;
  const adapter = await navigator.gpu.requestAdapter().catch(() => null);
  if (adapter === null) return undefined;
  const { vendor, architecture, description } = adapter.info;
  return [description, vendor, architecture].find((own) => own !== '') ?? 'of this machine';
}
