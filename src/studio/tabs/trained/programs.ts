/** @file The programs of the library that compute what the tabs of models show. */
import { base64Of } from '../../../base/base64.ts';
import type { Image } from '../../../plot/png.ts';
import type { State } from '../../state/address.ts';
import type { GroupAsk, ModelFacts } from '../../work/opened.ts';
import { askedEvaluations } from './asked-evaluations.ts';

/** A text or a number as a program has it. */
const literal = (value: unknown): string => JSON.stringify(value).replaceAll(/^"|"$/g, "'");

/** An array of the layout of files, of pictures whose bytes are written out. */
function arrayOf(images: readonly Image[]): string {
  const [first = { height: 1, width: 1, channels: 1, data: new Uint8Array() }] = images;
  const { height, width, channels } = first;
  const bytes = Uint8Array.from(images.flatMap(({ data }) => Array.from(data)));
  const shape = [images.length, height, width, ...(channels === 1 ? [] : [channels])];
  return `{ shape: [${shape.join(', ')}], data: Buffer.from('${base64Of(bytes)}', 'base64') }`;
}

/** The lines that open a model, with its class or its words. */
function opening({ model, given, guide }: State, { reads }: ModelFacts): readonly string[] {
  const file = model === 'own' ? './model.safetensors' : model;
  const opened = `const model = await openModel('${file}');`;
  if (given.trim() === '') return [opened];
  const wish = reads ? `text: ${literal(given)}` : `class: ${literal(given.trim())}`;
  return [opened.replace('model', 'all'), `const model = all.given({ ${wish}, guidance: ${guide} });`];
}

/** Evaluations as a program asks for them. */
const asNfe = (nfe: number | undefined): string => (nfe === undefined ? '' : `, nfe: ${nfe}`);

/** The picture of a state, and its row. */
function pictureOf(
  { picture, given }: State,
  { shape, drawingNfe }: ModelFacts,
  truth: Image | undefined,
): readonly string[] {
  const [kind, number = '0'] = picture.split('-');
  const own = given.trim() === '' ? 'model' : 'all';
  if (kind === 'draw')
    return [
      `const { samples: image } = await ${own}.sample({ count: 1, seed: ${number}${asNfe(drawingNfe)} });`,
      'const rows = [0];',
    ];
  if (kind === 'emoji' && shape[0] === 3 && shape[1] === 32)
    return [`const image = await openDataSet('emoji');`, `const rows = [${number}];`];
  return [`const image = ${truth === undefined ? '…' : arrayOf([truth])};`, 'const rows = [0];'];
}

/** The lines that say what is measured. */
function taskOf({ task, mask, factor, angles, noise }: State, { shape }: ModelFacts): readonly string[] {
  const [, height = 1, width = 1] = shape;
  const subject = (options: string): string =>
    `const subject = { task: '${task}',${options} image, rows, noise: ${noise} };`;
  if (task === 'superres') return [subject(` factor: ${factor},`)];
  if (task === 'ct') return [subject(` angles: ${angles},`)];
  if (task !== 'inpaint' || mask === '') return [subject('')];
  return [
    `const bits = Buffer.from('${mask}', 'base64url');`,
    `const known = Array.from({ length: ${height * width} }, (_, i) => (bits[i >> 3] >> (i % 8)) & 1);`,
    subject(` mask: tensor(known, [${height}, ${width}]),`),
  ];
}

const imports = (names: readonly string[], from: string): string => `import { ${names.join(', ')} } from '${from}';`;

/** The program of the tab Restore. */
export function restoreProgram(
  state: State,
  facts: ModelFacts,
  {
    truth,
    methods,
    count,
  }: { readonly truth: Image | undefined; readonly methods: readonly string[]; readonly count: number },
): string {
  const { task, seed, model, given, guide } = state;
  const asked = askedEvaluations(state, facts);
  const nfe = asNfe(asked);
  if (task === 'nothing') {
    const drawn = asked ?? facts.drawingNfe;
    const wish =
      given.trim() === '' ? '' : ` --${facts.reads ? 'text' : 'class'} ${literal(given.trim())} --guidance ${guide}`;
    return [
      `// npx scorefield sample ${model} -n ${count} --seed ${seed}${wish}${drawn === undefined ? '' : ` --nfe ${drawn}`}`,
      imports(['openModel'], 'scorefield/node'),
      '',
      ...opening(state, facts),
      `const { samples } = await model.sample({ count: ${count}, seed: ${seed}${asNfe(drawn)} });`,
      'console.log(samples.evaluations[0], samples.data);',
      "await samples.save('drawn.png');",
    ].join('\n');
  }
  const lines = [...opening(state, facts), ...pictureOf(state, facts, truth), ...taskOf(state, facts)];
  const node = ['openModel', ...(lines.some((line) => line.includes('openDataSet')) ? ['openDataSet'] : [])].sort();
  return [
    ...(lines.some((line) => line.includes('tensor(')) ? [imports(['tensor'], 'scorefield')] : []),
    imports(node, 'scorefield/node'),
    '',
    ...lines,
    `for (const method of [${methods.map((name) => `'${name}'`).join(', ')}]) {`,
    `  const restored = await model.restore(subject, { method, count: ${count}, seed: ${seed}${nfe} });`,
    '  console.log(method, restored.evaluations[0], restored.quality.images[0].mean.psnr);',
    '  await restored.save(`${method}.png`);',
    '}',
  ].join('\n');
}

/** The lines that make pictures of one kind, named `own`, and their rows. */
function groupLines(group: GroupAsk, { shape, drawingNfe }: ModelFacts, images: readonly Image[]): readonly string[] {
  const rows = `[${images.map((_, i) => i).join(', ')}]`;
  if (group.kind === 'draws')
    return [`(await model.sample({ count: ${group.count}, seed: ${group.seed}${asNfe(drawingNfe)} })).samples`, rows];
  if (group.kind === 'emoji' && shape[0] === 3 && shape[1] === 32)
    return ["await openDataSet('emoji')", `[${group.rows.join(', ')}]`];
  return [arrayOf(images), rows];
}

/** The program of pictures of the tab Likelihood. */
export function likelihoodProgram(
  { model, tolerance, seed }: State,
  facts: ModelFacts,
  kinds: readonly { readonly title: string; readonly group: GroupAsk; readonly images: readonly Image[] }[],
): string {
  const made = kinds
    .filter(({ images }) => images.length > 0)
    .map(({ title, group, images }) => [title, groupLines(group, facts, images)] as const);
  const node = ['openModel', ...(made.some(([, [own = '']]) => own.includes('openDataSet')) ? ['openDataSet'] : [])];
  return [
    imports(node.sort(), 'scorefield/node'),
    '',
    `const model = await openModel('${model === 'own' ? './model.safetensors' : model}');`,
    'const kinds = [',
    ...made.map(([title, [own = '', rows = '']]) => `  ['${title}', ${own}, ${rows}],`),
    '];',
    'for (const [title, pictures, rows] of kinds) {',
    `  const { mean, evaluations } = await model.logLikelihood(pictures, { rows, tolerance: ${tolerance}, seed: ${seed} });`,
    '  console.log(title, mean.value, mean.standardError, evaluations[0]);',
    '}',
  ].join('\n');
}
