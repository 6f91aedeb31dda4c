/** @file Words, numbers and colors as figures write them. */

/** The colors that figures use for what is not a color map. */
export const palette = {
  ink: '#1e2433',
  muted: '#667085',
  line: '#d0d5dd',
  indigo: '#4a4fd8',
  coral: '#e8505b',
  teal: '#0f8f83',
  amber: '#e09a1a',
} as const;

/**
 * Colors of things that are compared, which people with any color vision can distinguish.
 * @see Okabe and Ito 2008, "Color universal design"
 */
export const series = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#e69f00', '#56b4e9'] as const;

/** Width of an average character of a sans-serif font, in units of its size; on the wide side, so that lines fit. */
export const characterWidth = 0.58;

/** Where and how a text stands. */
export interface TextStyle {
  readonly x: number;
  readonly y: number;
  readonly size: number;
  readonly weight?: number;
  readonly color?: string;
  readonly anchor?: 'start' | 'middle' | 'end';
}

/** A line of text as an SVG element. */
export function text(content: string, style: TextStyle): string {
  const { x, y, size, weight = 400, color = palette.ink, anchor = 'start' } = style;
  return (
    `<text x="${shortNumber(x)}" y="${shortNumber(y)}" font-size="${size}" fill="${escapeXml(color)}"` +
    `${weight === 400 ? '' : ` font-weight="${weight}"`}${anchor === 'start' ? '' : ` text-anchor="${anchor}"`}>` +
    `${escapeXml(content)}</text>`
  );
}

/** A number with as many digits as a drawing can show. */
export function shortNumber(value: number): string {
  return String(Math.round(value * 100) / 100);
}

/** Text that XML allows: its own signs escaped, characters that it forbids replaced. */
export function escapeXml(content: string): string {
  const signs: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
  return (
    content
      // XML 1.0 has no way to write these characters.
      .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Surrogate}/gu, '\ufffd')
      .replace(/[&<>"]/g, (sign) => signs[sign] ?? sign)
  );
}
