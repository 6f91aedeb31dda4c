/** @file The card of a model: the text of models/NAME/README.md, made of what was measured. */
import type { Evaluation, Memorization, PackedModelInfo } from '../src/node.ts';
import type { Json } from '../src/base/json.ts';
import { studentLossKinds } from '../src/catalog/kinds.ts';
import { autoencoderOf } from '../src/catalog/latent-codec.ts';
import { bitsName } from '../src/run/parameter-bits.ts';
import { duration, lastPart, shellCommand, short } from '../src/base/words.ts';
import { estimateText, type Estimate } from '../src/evaluate/estimate.ts';
import { shareText, verdict } from '../src/model/evaluation/memorization-text.ts';

import { table } from './samplers-page.ts';

/** A command and what it printed with --json. */
export interface Measured<T> {
  readonly command: string;
  readonly result: T;
}

/** Of `scorefield evaluate`. */
export interface Quality extends Evaluation {
  readonly sampler: string;
  readonly evaluations: number;
  readonly seconds: number;
}

/** Of `scorefield evaluate --memorization`. */
export interface Copies {
  readonly memorization: Omit<Memorization, 'toSvg' | 'save'>;
}

/** Of `scorefield likelihood`. */
export interface Bits {
  readonly data: string;
  readonly n: number;
  readonly method: string;
  readonly bitsPerDim: number;
  readonly standardError: number;
  readonly evaluations: number;
}

/** Of `scorefield evaluate` with a classifier. */
export interface Accuracy {
  readonly n: number;
  readonly reference: string;
  readonly accuracy: Estimate;
}

/** All that a card is made of, as models/NAME/card.json holds it. */
export interface Card {
  /** Of the parameters that were measured. */
  readonly fingerprint: string;
  /** The command that makes the model, where it says more than that of the last training. */
  readonly command?: string;
  /** Samplers by their evaluations. */
  readonly samplers?: readonly Measured<Quality>[];
  readonly quality?: Measured<Quality>;
  readonly copies?: Measured<Copies>;
  readonly bits?: Measured<Bits>;
  readonly samples?: Measured<{ readonly seconds: number; readonly n: number }>;
  readonly accuracy?: Measured<Accuracy>;
  /** Lines of `scorefield models`. */
  readonly headlines?: Readonly<Record<string, string>>;
}

/** The options of `likelihood` for the bits of so many samples of a part of the data: models of latents have those of a bound. */
export function bitsOptions({ config }: PackedModelInfo, part: string, count: string): readonly string[] {
  return ['--data', part, ...(config.latent === undefined ? [] : ['--method', 'bound']), '-n', count];
}

/** A text in which data at a path are named by the last part of it. */
export function withoutFolder(text: string, ref: string): string {
  return text.replaceAll(ref, lastPart(ref));
}

/** Of equal quality is what is above the best by less than two standard errors of the difference. */
const indistinct = 2;

/**
 * The sampler of fewest evaluations whose Fréchet distance cannot be distinguished from the least one of the table: above it by less
 * than two standard errors, as if the two were independent, which they are less than that. Of equal cost, the better one.
 */
export function cheapest(measured: readonly Measured<Quality>[]): Measured<Quality> | undefined {
  const best = [...measured].sort((a, b) => a.result.frechet.value - b.result.frechet.value)[0];
  if (best === undefined) return undefined;
  const error = ({ result }: Measured<Quality>): number =>
    Math.hypot(result.frechet.standardError, best.result.frechet.standardError);
  return measured
    .filter((one) => one.result.frechet.value - best.result.frechet.value <= indistinct * error(one))
    .sort((a, b) => a.result.evaluations - b.result.evaluations || a.result.frechet.value - b.result.frechet.value)[0];
}

/** What `scorefield models` shows of a card. */
export function headlinesOf({ quality, bits, accuracy }: Card): Readonly<Record<string, string>> {
  return {
    ...(quality && {
      quality: `FD (${quality.result.extractor}) ${estimateText(quality.result.frechet)} of ${quality.result.n.toLocaleString('en')} samples; real ones have ${estimateText(quality.result.frechetFloor)}`,
    }),
    ...(bits && {
      'bits/dim': `${bits.result.method === 'bound' ? 'at most ' : ''}${bitsText(bits.result)} of ${bits.result.data}`,
    }),
    ...(accuracy && { accuracy: accuracyText(accuracy.result) }),
  };
}

/** The text of a card. */
export function modelCard(info: PackedModelInfo, card: Card): string {
  const { name, config, training, parameters, bytes, sampling, rounding = [] } = info;
  const classifier = config.task === 'classifier';
  const worst = Math.max(...rounding.map(({ relative }) => relative));
  const seed = config.train.seed;
  const latents = autoencoderOf(config, info.sampleShape)?.latentShape;
  const facts: (readonly [string, string])[] = [
    ['network', `\`${config.net.kind}\`, ${parameters.toLocaleString('en')} parameters, ${config.sde.kind} process`],
    ...(latents === undefined
      ? []
      : ([['latents', `[${latents.join(', ')}] of an autoencoder, which is in the file`]] as const)),
    ['data', `${lastPart(config.data.ref)}, samples [${info.sampleShape.join(', ')}]`],
    ...(training === undefined
      ? []
      : ([
          ['training', `${training.step.toLocaleString('en')} steps of ${config.train.batch}, seed ${seed}`],
          ['wall time', `${duration(training.seconds)} on ${machine(training.env)}`],
        ] as const)),
    [
      'file',
      `${(bytes / 1e6).toFixed(2)} MB in ${info.bits === 32 ? 'single precision' : bitsName[info.bits]}, which changes the output by at most ${short(100 * worst)} %`,
    ],
    ...(sampling === null
      ? []
      : ([
          ['sampler', `\`${sampling.sampler}\` with ${sampling.nfe} evaluations, unless another is asked for`],
        ] as const)),
  ];
  const lines = [
    `# ${name}`,
    '',
    classifier
      ? `Tells the classes of ${lastPart(config.data.ref)} apart; its features are those of "FD (${name})".`
      : `Draws samples like those of ${lastPart(config.data.ref)}: \`npx ${shellCommand('scorefield', 'sample', name)}\`.`,
    '',
    ...(card.samples === undefined ? [] : [`![Samples of ${name}](samples.png)`, '']),
    ...(card.samples === undefined
      ? []
      : [
          `_The first ${card.samples.result.n} samples, not chosen, in ${card.samples.result.seconds.toFixed(1)} seconds:_ \`${card.samples.command}\``,
          '',
        ]),
    ...table(['what', 'value'], facts),
    '',
    ...(training === undefined ? [] : ['```sh', `npx ${card.command ?? shortCommand(info)}`, '```', '']),
    ...accuracyLines(card),
    ...qualityLines(card),
    ...copiesLines(card),
    ...bitsLines(card),
    ...samplerLines(card),
    '## Limits',
    '',
    ...limits(info, card),
    '',
    'Numbers: [card.json](card.json), by `npx tsx scripts/make-model.ts`.',
  ];
  return `${lines.join('\n')}\n`;
}

/** The command of the training, in which data and the autoencoder have no folder. */
function shortCommand({ config: { data, latent }, training }: PackedModelInfo): string {
  const command = withoutFolder(training?.command ?? '', data.ref);
  return latent === undefined ? command : withoutFolder(command, latent.run);
}

function machine(env: Readonly<Record<string, Json>>): string {
  const { processors, processor } = env;
  const word = (value: Json | undefined): string => (typeof value === 'object' ? '?' : String(value ?? '?'));
  return `${word(processors)} ${processors === 1 ? 'core' : 'cores'} (${word(processor)})`;
}

function accuracyLines({ accuracy }: Card): readonly string[] {
  if (accuracy === undefined) return [];
  return ['## Accuracy', '', `${accuracyText(accuracy.result)}: \`${accuracy.command}\``, ''];
}

function accuracyText({ n, reference, accuracy }: Accuracy): string {
  const percent = { value: 100 * accuracy.value, standardError: 100 * accuracy.standardError };
  return `right about ${estimateText(percent)} % of ${n.toLocaleString('en')} samples ${reference}`;
}

function qualityLines({ quality }: Card): readonly string[] {
  if (quality === undefined) return [];
  const { result, command } = quality;
  const n = result.n.toLocaleString('en');
  return [
    '## Quality',
    '',
    ...table(
      [`${n} of each`, `FD (${result.extractor})`, 'energy distance'],
      [
        ['samples', estimateText(result.frechet), estimateText(result.energy)],
        [`real ones ${result.real.what}`, estimateText(result.frechetFloor), estimateText(result.energyFloor)],
      ],
    ),
    '',
    `Both against ${result.reference.count.toLocaleString('en')} ${result.reference.what}, with ${result.dimension} features; ` +
      `the difference is ${estimateText(result.frechetExcess)}. The samples are by`,
    `\`${result.sampler}\`, ${short(result.evaluations)} evaluations each. An FD of ${n} samples is not one of another number.`,
    `\`${command}\``,
    '',
  ];
}

function copiesLines({ copies }: Card): readonly string[] {
  if (copies === undefined) return [];
  const { count, heldOut, real, heldOutData, training, spaces } = copies.result.memorization;
  const others = heldOutData ? 'held-out ones' : 'training samples, each without itself';
  return [
    '## Memorization',
    '',
    '![Samples and their nearest training samples](nearest.png)',
    '',
    '_The samples that are most like one training sample alone, with the three nearest, beside held-out samples chosen in the same way._',
    '',
    ...table(
      ['space', 'C_T of samples', 'z', 'C_T of real ones', 'z', 'near copies', 'of real ones'],
      spaces.map(({ space, test, real: other, copies: near, realCopies }) => [
        space,
        estimateText({ value: test.statistic, standardError: test.standardError }),
        test.z.toFixed(1),
        estimateText({ value: other.statistic, standardError: other.standardError }),
        other.z.toFixed(1),
        shareText(near),
        shareText(realCopies),
      ]),
    ),
    '',
    `The data-copying test: ${count.toLocaleString('en')} samples, and ${real.toLocaleString('en')} real ones in their place, against ${heldOut.toLocaleString('en')} ${others}, by their distance`,
    `from the nearest of ${training.toLocaleString('en')} training samples. z is standard normal for new data; below -3 samples are copies, far above 0 they lie apart from the data.`,
    `Near copies are samples whose nearest training sample is much nearer than the second, as 1 % of the held-out ones are.`,
    `Samples are ${spaces.map(({ space, test }) => `${verdict(test)} (${space})`).join('; ')}.`,
    `\`${copies.command}\``,
    '',
  ];
}

function bitsText({ bitsPerDim, standardError, n }: Bits): string {
  return `${estimateText({ value: bitsPerDim, standardError })} bits/dim over ${n.toLocaleString('en')} samples`;
}

function bitsLines({ bits }: Card): readonly string[] {
  if (bits === undefined) return [];
  const { result, command } = bits;
  const bound = result.method === 'ode' ? 'by the probability flow' : 'at most';
  const said =
    result.method === 'bound'
      ? `At most ${bitsText(result)} of ${result.data}, by the bound of the autoencoder and the probability flow of latents, with uniform dequantisation.`
      : `${bitsText(result)} of ${result.data}, ${bound}, with uniform dequantisation.`;
  return ['## Likelihood', '', said, `\`${command}\``, ''];
}

function samplerLines({ samplers = [] }: Card): readonly string[] {
  const first = samplers[0]?.result;
  if (first === undefined) return [];
  const names = [...new Set(samplers.map(({ result }) => result.sampler))];
  const counts = [...new Set(samplers.map(({ result }) => Math.round(result.evaluations)))].sort((a, b) => a - b);
  const chosen = cheapest(samplers);
  const cell = (name: string, evaluations: number): string => {
    const found = samplers.find(
      ({ result }) => result.sampler === name && Math.round(result.evaluations) === evaluations,
    );
    if (found === undefined) return '–';
    const text = `${estimateText(found.result.frechet)} (${short(found.result.seconds)} s)`;
    return found === chosen ? `**${text}**` : text;
  };
  return [
    '## Samplers',
    '',
    `FD (${first.extractor}) of ${first.n.toLocaleString('en')} samples by evaluations of the network, and seconds for all of them. Real samples have`,
    `${estimateText(first.frechetFloor)}. **Bold** has the fewest evaluations within two standard errors of the least, and is what the model uses.`,
    '',
    ...table(
      ['evaluations', ...names.map((name) => `\`${name}\``)],
      counts.map((count) => [String(count), ...names.map((name) => cell(name, count))]),
      'right',
    ),
    '',
  ];
}

/** Whether a model is a student, which draws samples by one sampler in the steps that it has learned. */
export function isStudent({ config }: PackedModelInfo): boolean {
  return studentLossKinds.includes(config.loss.kind);
}

function limits(info: PackedModelInfo, { quality, copies }: Card): readonly string[] {
  const { config, sampleShape, classes: names } = info;
  const classes = quality?.result.classes;
  const far = Object.entries(classes ?? {})
    .map(([name, [own, theirs]]) => ({ name, own, theirs }))
    .sort((a, b) => Math.abs(b.own - b.theirs) - Math.abs(a.own - a.theirs))[0];
  return [
    `- It knows ${lastPart(config.data.ref)} at [${sampleShape.join(', ')}] and nothing else.`,
    ...(config.task === 'score' && names === null
      ? [
          config.condition === undefined
            ? '- It knows no classes: samples are of any.'
            : '- It knows the words of its data: `--text`. Without them samples are of any.',
        ]
      : []),
    ...(isStudent(info)
      ? [
          `- It is a student, whose estimate is where the flow ends: it has no likelihood, and ${config.latent === undefined ? '`restore` takes it by `diffpir` alone' : '`restore` does not take it, as it draws latents'}.`,
        ]
      : config.latent === undefined
        ? []
        : [
            '- It draws latents: its likelihood is a bound, and `restore` takes it by methods that differentiate the decoder.',
          ]),
    ...(far === undefined
      ? []
      : [
          `- The class whose part is furthest from that of the data, as the extractor sees it: ${far.name}, ` +
            `${(100 * far.own).toFixed(1)} % of the samples and ${(100 * far.theirs).toFixed(1)} % of the data.`,
        ]),
    ...(quality === undefined || copies !== undefined
      ? []
      : [
          '- FD compares means and covariances of features alone; it does not see whether samples are copies of training data.',
        ]),
  ];
}
