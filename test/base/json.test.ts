import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jsonText, parseJsonText } from '../../src/base/json.ts';

describe('JSON of any numbers', () => {
  it('names the number that is not finite, and writes null for a missing one', () => {
    const value = { psnr: Infinity, low: -Infinity, error: NaN, none: null, left: undefined, list: [NaN, undefined] };
    expect(jsonText(value)).toBe('{"psnr":"Infinity","low":"-Infinity","error":"NaN","none":null,"list":["NaN",null]}');
  });

  it('comes back as it was', () => {
    const numbers = fc.double();
    const value = fc.dictionary(fc.string(), fc.oneof(numbers, fc.array(numbers), fc.boolean(), fc.constant(null)));
    fc.assert(
      fc.property(value, (before) => {
        const after = parseJsonText(jsonText(before)) as typeof before;
        // JSON has no zero below zero, and no prototype for what is read.
        expect(Object.entries(after)).toEqual(
          Object.entries(JSON.parse(JSON.stringify(before)) as object).map(([name]) => [
            name,
            withoutSign(before[name]),
          ]),
        );
      }),
    );
  });

  it('is rounded where that is asked for', () => {
    expect(jsonText([1 / 3, 1234567, 1e-9 / 7], { digits: 3 })).toBe('[0.333,1234567,1.43e-10]');
    expect(jsonText({ a: [1] }, { indent: 2 })).toBe('{\n  "a": [\n    1\n  ]\n}');
  });
});

function withoutSign(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutSign);
  return value === 0 ? 0 : value;
}
