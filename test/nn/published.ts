/** @file The published networks in the options of this library, with the numbers of parameters that others report. */
import { ddpmpp, ddpmUnet, ncsnpp } from '../../src/nn/unet/ddpmpp.ts';
import { ncsn, ncsnv2 } from '../../src/nn/ncsn/ncsn.ts';
import { layout, type Network } from '../../src/nn/network.ts';
import { scoreNet } from '../../src/nn/score-net.ts';

const cifar = [3, 32, 32];
const four = { width: 128, multipliers: [1, 2, 2, 2], blocks: 4, attention: [16] };
const edm = { ...four, multipliers: [2, 2, 2], attentionInit: 0.2 };

/** A published network. */
export interface Published {
  readonly name: string;
  readonly net: Network;
  /** Parameters as reported, in words of the source; empty where none was found. */
  readonly reported: string;
  /** The exact number that a source gives for what is trained, or for everything that is stored. */
  readonly exact?: { readonly trained?: number; readonly stored?: number };
}

export const published: readonly Published[] = [
  {
    name: 'Tutorial, MNIST',
    net: scoreNet([1, 28, 28]),
    reported: '',
  },
  {
    name: 'DDPM, CIFAR-10',
    net: ddpmUnet(cifar, { ...four, blocks: 2 }),
    reported: '35.7 M [1]; 35746307 [2]',
    exact: { trained: 35_746_307 },
  },
  {
    name: 'DDPM, CIFAR-10, attention once per level on the way up',
    net: ddpmUnet(cifar, { ...four, blocks: 2, attentionUp: 'last' }),
    reported: '',
  },
  {
    name: 'DDPM, LSUN and CelebA-HQ 256',
    net: ddpmUnet([3, 256, 256], { width: 128, multipliers: [1, 1, 2, 2, 4, 4], blocks: 2, attention: [16] }),
    reported: '114 M [1]; 113673219 [2]',
    exact: { trained: 113_673_219 },
  },
  {
    name: 'DDPM++, CIFAR-10',
    net: ddpmpp(cifar, four),
    reported: '61804419 [3]',
    exact: { trained: 61_804_419 },
  },
  { name: 'DDPM++ deep, CIFAR-10', net: ddpmpp(cifar, { ...four, blocks: 8 }), reported: '' },
  { name: 'NCSN++, CIFAR-10', net: ncsnpp(cifar, four), reported: '' },
  { name: 'NCSN++ deep, CIFAR-10', net: ncsnpp(cifar, { ...four, blocks: 8 }), reported: '' },
  {
    name: 'NCSN++, CelebA-HQ 256',
    net: ncsnpp([3, 256, 256], {
      width: 128,
      multipliers: [1, 1, 2, 2, 2, 2, 2],
      blocks: 2,
      attention: [16],
      progressive: 'output_skip',
      progressiveInput: 'input_skip',
    }),
    reported: '65574549 with the frequencies [3]; 65 M [4]',
    exact: { stored: 65_574_549 },
  },
  { name: 'EDM (DDPM++), CIFAR-10', net: ddpmpp(cifar, edm), reported: '' },
  { name: 'EDM (DDPM++), CIFAR-10, 10 classes', net: ddpmpp(cifar, { ...edm, classes: 10 }), reported: '' },
  {
    name: 'EDM (NCSN++), CIFAR-10',
    net: ncsnpp(cifar, edm),
    reported: '',
  },
  { name: 'NCSN, CIFAR-10', net: ncsn(cifar, { width: 128, levels: 10 }), reported: '' },
  { name: 'NCSN, MNIST', net: ncsn([1, 28, 28], { width: 64, levels: 10 }), reported: '' },
  {
    name: 'NCSNv2, CIFAR-10',
    net: ncsnv2(cifar, { width: 128 }),
    reported: '29694083 [5]',
    exact: { trained: 29_694_083 },
  },
  { name: 'NCSNv2, LSUN 128', net: ncsnv2([3, 128, 128], { width: 128, halvings: 2 }), reported: '' },
  { name: 'NCSNv2, FFHQ 256', net: ncsnv2([3, 256, 256], { width: 128, halvings: 3 }), reported: '' },
];

/** One row of the table of docs/networks.md. */
export function row({ name, net, reported }: Published): string {
  return `| ${name} | ${layout(net).trained} | ${reported || '–'} |`;
}
