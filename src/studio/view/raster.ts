/** @file Pictures of the library, which are SVG, as one PNG. */

async function imageOf(svg: string): Promise<HTMLImageElement> {
  const image = document.createElement('img');
  const address = URL.createObjectURL(new Blob([svg], { type: 'image/svg+xml' }));
  image.src = address;
  await image.decode();
  URL.revokeObjectURL(address);
  return image;
}

/** Pictures one under the other; undefined where there are none. */
export async function svgsAsPng(pictures: readonly string[]): Promise<Blob | undefined> {
  if (pictures.length === 0) return undefined;
  const images = await Promise.all(pictures.map(imageOf));
  const canvas = document.createElement('canvas');
  canvas.width = Math.max(...images.map(({ width }) => width));
  canvas.height = images.reduce((sum, { height }) => sum + height, 0);
  const context = canvas.getContext('2d');
  let top = 0;
  for (const image of images) {
    context?.drawImage(image, 0, top);
    top += image.height;
  }
  return new Promise((resolve) => {
    canvas.toBlob((blob) => {
      resolve(blob ?? undefined);
    });
  });
}
