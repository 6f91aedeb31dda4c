/** @file Moving pictures of a panel as files: the frames are drawn one by one, and then written. */
import { idle } from '../work/connect.ts';
import { exact } from '../work/workers.ts';
import { canvasesOf } from './canvases.ts';
import { pause, place } from './clock.ts';

/** Frames of a panel, each a canvas of the same size that is drawn anew. */
type Motion = () => AsyncGenerator<HTMLCanvasElement>;

/** Frames of a clock that runs through, and the time of each in milliseconds; the longer side in pixels. */
const frames = 60;
const frameMs = 80;
const longest = 640;

/** Two frames of the browser: what has changed is drawn in the first. */
const drawn = (): Promise<unknown> =>
  new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));

/** The panel while its clock runs from one end to the other. */
async function* clockMotion(): AsyncGenerator<HTMLCanvasElement> {
  pause();
  const before = place.value;
  const small = document.createElement('canvas');
  try {
    for (let k = 0; k < frames; k++) {
      place.value = k / (frames - 1);
      await idle();
      await drawn();
      const own = canvasesOf('.picture .stage canvas');
      if (own === undefined) return;
      const factor = Math.min(1, longest / Math.max(own.width, own.height));
      [small.width, small.height] = [Math.round(own.width * factor), Math.round(own.height * factor)];
      const context = small.getContext('2d', { willReadFrequently: true });
      if (context === null) return;
      context.imageSmoothingQuality = 'high';
      context.drawImage(own, 0, 0, small.width, small.height);
      yield small;
    }
  } finally {
    place.value = before;
  }
}

/** The frames as a GIF file; undefined where there are none. */
async function recordGif(motion: Motion, onFrame: (count: number) => void): Promise<Blob | undefined> {
  let job: ReturnType<typeof exact.start<'gif'>> | undefined;
  let count = 0;
  for await (const canvas of motion()) {
    const { width, height } = canvas;
    job ??= exact.start('gif', { width, height, delay: frameMs / 10 });
    const rgba = canvas.getContext('2d')?.getImageData(0, 0, width, height).data;
    if (rgba !== undefined) job.say(rgba);
    onFrame(++count);
  }
  if (job === undefined) return undefined;
  job.say(null);
  return new Blob([await job.result], { type: 'image/gif' });
}

/** Whether this browser records canvases. */
const recordsVideo = (): boolean => typeof MediaRecorder !== 'undefined' && MediaRecorder.isTypeSupported('video/webm');

/** The frames as a WebM file, which takes as long as it will play; undefined where there are none. */
async function recordVideo(motion: Motion, onFrame: (count: number) => void): Promise<Blob | undefined> {
  const all: ImageBitmap[] = [];
  for await (const canvas of motion()) {
    all.push(await createImageBitmap(canvas));
    onFrame(all.length);
  }
  const [first] = all;
  if (first === undefined) return undefined;
  const screen = document.createElement('canvas');
  [screen.width, screen.height] = [first.width, first.height];
  const context = screen.getContext('2d');
  const stream = screen.captureStream(0);
  const [track] = stream.getVideoTracks() as CanvasCaptureMediaStreamTrack[];
  const recorder = new MediaRecorder(stream, {
    mimeType: 'video/webm',
    videoBitsPerSecond: 4e6,
  });
  const parts: Blob[] = [];
  recorder.ondataavailable = ({ data }) => parts.push(data);
  const over = new Promise((resolve) => (recorder.onstop = resolve));
  const started = new Promise((resolve) => (recorder.onstart = resolve));
  context?.drawImage(first, 0, 0);
  recorder.start();
  track?.requestFrame();
  await started;
  for (const frame of all) {
    context?.drawImage(frame, 0, 0);
    track?.requestFrame();
    await new Promise((resolve) => setTimeout(resolve, frameMs));
    frame.close();
  }
  recorder.stop();
  await over;
  return new Blob(parts, { type: 'video/webm' });
}

/**
 * The motion of a panel as a file; undefined where there is none, and what is wrong is said.
 * @param say - is given words on how it goes
 */
export async function recorded(
  kind: 'gif' | 'webm',
  motion: Motion | 'clock',
  say: (words: string) => void,
): Promise<Blob | undefined> {
  if (kind === 'webm' && !recordsVideo()) {
    say('This browser records no WebM; GIF works everywhere.');
    return undefined;
  }
  try {
    const record = kind === 'gif' ? recordGif : recordVideo;
    const blob = await record(motion === 'clock' ? clockMotion : motion, (count) => {
      say(`Frame ${count}`);
    });
    say(blob === undefined ? 'There is no motion yet.' : `Saved, ${(blob.size / 1e6).toFixed(1)} MB.`);
    return blob;
  } catch (error) {
    say(error instanceof Error ? error.message : String(error));
    return undefined;
  }
}
