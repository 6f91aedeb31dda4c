/** @file The samples of the tab Restore on their way from noise, as frames of one canvas. */
import { putImage } from '../../view/pixels.tsx';
import { colors } from '../../view/theme.ts';
import { attempts, sampleCount } from './drawing.ts';

/** Side of a sample and space between two, in pixels; frames for which the end stands still. */
const [side, space, rest] = [140, 6, 12];

/** A row for each method, a column for each sample. */
export async function* restoreMotion(): AsyncGenerator<HTMLCanvasElement> {
  const rows = attempts.peek().filter(({ history }) => history.length > 0);
  const canvas = document.createElement('canvas');
  [canvas.width, canvas.height] = [sampleCount * (side + space) + space, rows.length * (side + space) + space];
  const context = canvas.getContext('2d', { willReadFrequently: true });
  const pen = document.createElement('canvas');
  const count = Math.max(0, ...rows.map(({ history }) => history.length));
  if (context === null || count === 0) return;
  for (let k = 0; k < count + rest; k++) {
    context.fillStyle = colors.peek().ground;
    context.fillRect(0, 0, canvas.width, canvas.height);
    context.imageSmoothingEnabled = false;
    rows.forEach(({ history, samples }, row) => {
      const seen = k < history.length ? history[k] : samples;
      seen?.forEach((image, i) => {
        putImage(pen, image);
        context.drawImage(pen, space + i * (side + space), space + row * (side + space), side, side);
      });
    });
    yield await Promise.resolve(canvas);
  }
}
