/** @file A picture that can be saved. */
import { FileError } from '../../base/errors.ts';
import type { Host } from '../host.ts';

/** Something with a picture. */
export interface SavedPicture {
  /**
   * The picture as SVG.
   * @param title - the name of the model by default
   */
  toSvg(title?: string): string;
  /**
   * Writes the picture, `.svg` or `.png` by the ending of the name. In a browser the file is offered as a download.
   * @throws FileError for another ending, or if the file cannot be written.
   */
  save(path: string, title?: string): Promise<void>;
}

/** The picture that a function draws, on a host that saves it. */
export function pictureOf(host: Host, toSvg: SavedPicture['toSvg']): SavedPicture {
  return {
    toSvg,
    save: async (path, title) => {
      const name = path.toLowerCase();
      if (name.endsWith('.svg')) await host.writeFile(path, new TextEncoder().encode(toSvg(title)));
      else if (name.endsWith('.png')) await host.writeFile(path, await host.rasterize(toSvg(title)));
      else throw new FileError(path, 'expected a name that ends in .png or .svg');
    },
  };
}
