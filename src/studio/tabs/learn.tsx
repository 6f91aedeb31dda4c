import type { JSX } from 'preact';
export function LearnTab(): JSX.Element {
  return <p>later</p>;
}
