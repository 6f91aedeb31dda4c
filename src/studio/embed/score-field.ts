/** @file The element `<score-field>`: a field of a law that its attributes name, on a page of one's own. */
import { dataNames } from '../state/address.ts';
import { choice, gaussians, number, whole, type Field } from '../state/fields.ts';
import { lawOf } from '../state/law.ts';
import { exactOf, processOf } from '../work/setting.ts';
import { fieldView, type FieldView, type FieldViewOptions } from './field-view.ts';

/** The attributes with their values, read as the address of the studio is. */
const attributes = {
  data: choice('gaussians', dataNames),
  gaussians: gaussians([
    { x: -1.1, y: -0.9, std: 0.3, weight: 0.2 },
    { x: 1.1, y: 0.9, std: 0.3, weight: 0.8 },
  ]),
  process: choice('vp', ['vp', 'sub-vp', 've']),
  flow: choice('sde', ['sde', 'ode']),
  seed: whole(1, [0, 2 ** 31 - 1]),
  particles: whole(500, [0, 4000]),
  place: number(1, [0, 1]),
  colors: choice('auto', ['auto', 'light', 'dark']),
} as const;

const style =
  ':host{display:block;aspect-ratio:1;max-width:480px}canvas{display:block;width:100%;height:100%;cursor:pointer}';

/**
 * `<score-field data="eight-gaussians" process="vp" flow="ode" particles="1000" seed="1" place="0.5" colors="auto" autoplay>`: density, score and
 * particles of a law that is known exactly. `gaussians="x,y,std,weight;…"` has Gaussians of one's own. A press, or the space bar, plays and
 * pauses it; with `autoplay` it begins by itself where movement is welcome. `show` draws another score, such as a learned one.
 */
export class ScoreField extends HTMLElement {
  static readonly observedAttributes = Object.keys(attributes);
  #canvas: HTMLCanvasElement | undefined;
  #view: FieldView | undefined;
  #plays = false;
  #own: FieldViewOptions | undefined;

  /** The view that is drawn; undefined while the element is in no page. */
  get view(): FieldView | undefined {
    return this.#view;
  }

  /** Draws a score of one's own in place of the law of the attributes. */
  show(options: FieldViewOptions): void {
    this.#own = options;
    this.#renew();
  }

  connectedCallback(): void {
    const root = this.shadowRoot ?? this.attachShadow({ mode: 'open' });
    // A sheet that is made by a script, which every policy allows.
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(style);
    root.adoptedStyleSheets = [sheet];
    const canvas = document.createElement('canvas');
    canvas.tabIndex = 0;
    canvas.setAttribute('role', 'button');
    canvas.addEventListener('click', () => {
      this.#toggle();
    });
    canvas.addEventListener('keydown', (event) => {
      if (event.key !== ' ' && event.key !== 'Enter') return;
      event.preventDefault();
      this.#toggle();
    });
    root.replaceChildren(canvas);
    this.#canvas = canvas;
    this.#renew();
    if (this.hasAttribute('autoplay') && !matchMedia('(prefers-reduced-motion: reduce)').matches) this.#toggle();
  }

  disconnectedCallback(): void {
    this.#view?.dispose();
    this.#view = undefined;
    this.#plays = false;
  }

  attributeChangedCallback(): void {
    if (this.#view !== undefined) this.#renew();
  }

  #toggle(): void {
    this.#plays = !this.#plays || this.#view?.place === 1;
    if (this.#plays) this.#view?.play();
    else this.#view?.pause();
  }

  #renew(): void {
    const canvas = this.#canvas;
    if (canvas === undefined || !this.isConnected) return;
    this.#view?.dispose();
    this.#plays = false;
    this.#view = fieldView(canvas, this.#own ?? this.#ofAttributes());
    const label = this.getAttribute('label') ?? 'Density, score and particles of the data under noise';
    canvas.setAttribute('aria-label', `${label}; press to play or pause`);
  }

  #ofAttributes(): FieldViewOptions {
    const read = <T>(name: string, field: Field<T>): T => {
      const text = this.getAttribute(name);
      if (text === null) return field.initial;
      const value = field.read(text);
      if (value !== undefined) return value;
      // A page whose attribute is wrong has a picture all the same.
      reportError(new TypeError(`<score-field ${name}="${text}">: expected ${field.expected}`));
      return field.initial;
    };
    const g = read('gaussians', attributes.gaussians);
    const sde = read('process', attributes.process);
    const exact = exactOf({ law: lawOf({ data: read('data', attributes.data), g, p: [] }), sde });
    const colors = read('colors', attributes.colors);
    return {
      ...{ sde: processOf({ sde }), score: exact.score, logDensity: exact.logDensity },
      ...{ flow: read('flow', attributes.flow), seed: read('seed', attributes.seed) },
      ...{ particles: read('particles', attributes.particles), place: read('place', attributes.place) },
      dark: colors === 'auto' ? matchMedia('(prefers-color-scheme: dark)').matches : colors === 'dark',
    };
  }
}

/** Makes `<score-field>` known to the page; once is enough, and again does nothing. */
export function defineScoreField(): void {
  if (customElements.get('score-field') === undefined) customElements.define('score-field', ScoreField);
}
