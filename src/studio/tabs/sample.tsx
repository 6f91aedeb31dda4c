import type { JSX } from 'preact';
export function SampleTab(): JSX.Element {
  return <p>later</p>;
}
