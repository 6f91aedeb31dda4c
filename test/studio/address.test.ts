import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  fields,
  initialState,
  raceNames,
  tabs,
  taskNames,
  readAddress,
  writeAddress,
  type State,
} from '../../src/studio/state/address.ts';
import { pack, unpack } from '../../src/studio/state/packed.ts';
import { clamped, mostPoints, rounded } from '../../src/studio/state/fields.ts';

const gaussian = fc
  .record({
    x: fc.double({ min: -4, max: 4, noNaN: true }),
    y: fc.double({ min: -4, max: 4, noNaN: true }),
    std: fc.double({ min: 0, max: 2, noNaN: true }),
    weight: fc.double({ min: 0, max: 200, noNaN: true }),
  })
  .map(clamped);
const anyState: fc.Arbitrary<State> = fc.record({
  tab: fc.constantFrom(...tabs, 'runs'),
  data: fc.constantFrom('gaussians', 'two-moons', 'drawn'),
  g: fc.array(gaussian, { minLength: 1, maxLength: 12 }),
  p: fc
    .array(fc.double({ min: -3, max: 3, noNaN: true }).map(rounded), { maxLength: 2 * mostPoints })
    .map((values) => values.slice(0, 2 * Math.floor(values.length / 2))),
  sde: fc.constantFrom('vp', 'sub-vp', 've', 'edm'),
  flow: fc.constantFrom('sde', 'ode'),
  seed: fc.integer({ min: 0, max: 2 ** 31 - 1 }),
  n: fc.constantFrom(250, 500, 1000, 2000, 4000),
  t: fc.integer({ min: 0, max: 1000 }).map((k) => k / 1000),
  hide: fc.uniqueArray(fc.constantFrom('density', 'arrows', 'particles', 'paths', 'sets', 'text', 'header')),
  width: fc.constantFrom(16, 32, 64, 128, 256),
  rate: fc.constantFrom(0.0001, 0.002, 0.01),
  levels: fc.constantFrom('many', 'one', 'none'),
  points: fc.constantFrom(500, 2000, 10000),
  batch: fc.constantFrom(64, 128, 256),
  goal: fc.constantFrom(500, 1000, 2000, 4000),
  race: fc.constantFrom(...raceNames),
  score: fc.constantFrom('exact', 'learned', 'both'),
  first: fc.integer({ min: 1, max: 200 }).map((k) => k / 10),
  last: fc.integer({ min: 1, max: 9999 }).map((k) => k / 1000),
  alpha: fc.constantFrom(0.02, 0.1, 0.4, 1),
  pace: fc.constantFrom('follows', 'kept'),
  exp: fc.constantFrom('', 'two-gaussians.1'),
  by: fc.uniqueArray(fc.constantFrom('pc', 'ddim', 'heun', 'euler-maruyama', 'unipc'), { maxLength: 4 }),
  nfe: fc.integer({ min: 4, max: 200 }),
  runs: fc.uniqueArray(fc.integer({ min: 0, max: 99 }).map(String), { maxLength: 2 }),
  model: fc.constantFrom('emoji', 'fashion-mnist', 'own'),
  picture: fc.oneof(
    fc.constant('own'),
    fc.nat({ max: 999_999 }).map((row) => `emoji-${row}`),
  ),
  task: fc.constantFrom(...taskNames),
  mask: fc.array(fc.nat({ max: 1 }), { maxLength: 1024 }).map((bits) => pack(bits, 1)),
  factor: fc.constantFrom(2, 4),
  angles: fc.constantFrom(6, 12, 23),
  noise: fc.constantFrom(0.01, 0.2),
  methods: fc.uniqueArray(fc.constantFrom('ddrm', 'pigdm', 'red-diff', 'annealed-langevin'), { maxLength: 3 }),
  evals: fc.constantFrom(0, 20, 200),
  given: fc.constantFrom('', 'T-shirt/top', 'red heart, smiling', 'Ünïcode 1.5'),
  guide: fc.constantFrom(1, 1.5, 5),
  of: fc.constantFrom('plane', 'pictures'),
  cut: fc.integer({ min: -60, max: 60 }).map((k) => k / 20),
  paint: fc.array(fc.nat({ max: 15 }), { maxLength: 1024 }).map((own) => pack(own, 4)),
  tolerance: fc.constantFrom(0.1, 0.01, 0.001),
  to: fc.constantFrom('spirals', 'two-moons'),
  eps: fc.constantFrom(0, 0.1, 1),
  pairs: fc.constantFrom(100, 250, 500),
  way: fc.constantFrom('forward', 'backward'),
});

describe('the address of the studio', () => {
  it('gives back every state that it was written for, without a note', () => {
    fc.assert(
      fc.property(anyState, (state) => {
        expect(readAddress(`#${writeAddress(state)}`)).toEqual({ state, notes: [] });
      }),
    );
  });

  it('is empty for the first state, and says nothing of what is as it is at first', () => {
    expect(writeAddress(initialState)).toBe('');
    expect(writeAddress({ ...initialState, data: 'two-moons', seed: 7 })).toBe('data=two-moons&seed=7');
  });

  it.each([
    ['seed=-1', 'seed'],
    ['seed=1e99', 'seed'],
    ['n=999999999', 'n'],
    ['t=NaN', 't'],
    ['t=1.5', 't'],
    ['data=../../etc/passwd', 'data'],
    ['by=pc,pc', 'by'],
    ['by=a,b,c,d,e', 'by'],
    ['by=%3Cscript%3E', 'by'],
    ['hide=everything', 'hide'],
    ['g=1,2,3', 'g'],
    ['g=9,0,1,1', 'g'],
    [`g=${'0,0,1,1;'.repeat(20)}0,0,1,1`, 'g'],
    ['p=***', 'p'],
    ['p=AA', 'p'],
    [`p=${'A'.repeat(2000)}`, 'p'],
    ['width=63', 'width'],
    ['nfe=1.5', 'nfe'],
    ['model=../secret', 'model'],
    ['model=http://elsewhere', 'model'],
    ['picture=emoji-99999999', 'picture'],
    ['picture=draw--1', 'picture'],
    ['mask=$$$', 'mask'],
    ['given=<b>', 'given'],
    ['noise=0', 'noise'],
    ['eps=2', 'eps'],
    ['to=drawn', 'to'],
    ['pairs=501', 'pairs'],
    ['way=up', 'way'],
    ['methods=a,b,c,d', 'methods'],
  ])('%s is ignored with a note that says what is expected', (text, name) => {
    const { state, notes } = readAddress(`#${text}`);
    expect(state).toEqual(initialState);
    expect(notes).toHaveLength(1);
    expect(notes[0]).toContain(`${name}=`);
    expect(notes[0]).toContain('expected');
  });

  it('notes a name that it does not know and reads the others', () => {
    const { state, notes } = readAddress('#__proto__=1&constructor=2&nfe=50');
    expect(state.nfe).toBe(50);
    expect(notes).toHaveLength(2);
  });

  it('never fails, whatever follows the #', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const { state } = readAddress(`#${text}`);
        expect(Object.keys(state)).toEqual(Object.keys(fields));
      }),
    );
  });
});

describe('small numbers as text', () => {
  it.each([1, 2, 4, 8])('come back, %i bits of each, and no other count of them does', (bits) => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 2 ** bits - 1 }), { minLength: 1, maxLength: 200 }), (values) => {
        const text = pack(values, bits);
        expect(text).toMatch(/^[\w-]*$/);
        expect(Array.from(unpack(text, bits, values.length) ?? [])).toEqual(values);
        expect(unpack(text, bits, values.length + 8)).toBeUndefined();
      }),
    );
  });

  it('are none where the text is none', () => {
    expect(unpack('*', 1, 8)).toBeUndefined();
  });
});
