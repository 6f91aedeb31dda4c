/** @file How the engine of a browser begins, and fails to, with builds of ONNX Runtime that stand for those of a browser. */
import { Tensor } from 'onnxruntime-common';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { ConfigError, UnsupportedError } from '../../../src/base/errors.ts';
import { browserSessions, type Build, type WebOptions } from '../../../src/backend/browser/ort-browser.ts';
import type { Session } from '../../../src/backend/session.ts';

const session: Session = { run: () => Promise.resolve({}), release: () => Promise.resolve() };
let made = 0;

/** A build whose sessions are made by `create`. */
function buildOf(create: (model: Uint8Array) => Promise<Session>): { build: Build; wasm: Record<string, unknown> } {
  const wasm: Record<string, unknown> = {};
  const load = (): ReturnType<Build['load']> =>
    Promise.resolve({ env: { wasm } as never, InferenceSession: { create }, Tensor });
  return { build: { file: `build-${made++}`, call: 'webBackend', load }, wasm };
}

const first = (build: Build, options: WebOptions = {}): Promise<Session> =>
  browserSessions(build, options, () => ({})).create(new Uint8Array(1), []);

const place = globalThis as { crossOriginIsolated?: boolean; location?: { href: string; origin: string } };
afterEach(() => {
  delete place.crossOriginIsolated;
  delete place.location;
  vi.useRealTimers();
});

it('a tensor is that of the build, once there is a session', async () => {
  const { build } = buildOf(() => Promise.resolve(session));
  const { create, tensorOf } = browserSessions(build, {}, () => ({}));
  expect(() => tensorOf(Float32Array.of(1), [1])).toThrow(/before the first session/);
  await create(new Uint8Array(1), []);
  expect(tensorOf(Float32Array.of(1, 2), [2, 1])).toMatchObject({
    type: 'float32',
    dims: [2, 1],
    data: Float32Array.of(1, 2),
  });
});

describe('the engine of a browser', () => {
  it('starts with its options, which the first session fixes', async () => {
    const { build, wasm } = buildOf(() => Promise.resolve(session));
    expect(await first(build, { wasm: { wasm: 'https://a.example/x.wasm' } })).toBe(session);
    expect(wasm).toEqual({ numThreads: 1, wasmPaths: { wasm: 'https://a.example/x.wasm' } });
    expect(await first(build, { threads: 1, wasm: { wasm: new URL('https://a.example/x.wasm') } })).toBe(session);
    const others = first(build, { threads: 2, wasm: 'https://a.example' });
    await expect(others).rejects.toThrow(ConfigError);
    await expect(others).rejects.toThrow(/webBackend: expected the options .*"threads":1.* got .*"threads":2/);
  });

  it('takes addresses as those of the page, or of the script of a worker', async () => {
    place.location = { href: 'https://a.example/app/page.html?x#y', origin: 'https://a.example' };
    const cases = [
      ['ort', 'https://a.example/app/ort/'],
      ['/ort/', 'https://a.example/ort/'],
      [
        { mjs: './a.mjs', wasm: '../b.wasm' },
        { mjs: 'https://a.example/app/a.mjs', wasm: 'https://a.example/b.wasm' },
      ],
      [{ wasm: undefined }, {}],
    ] as const;
    for (const [given, expected] of cases) {
      const { build, wasm } = buildOf(() => Promise.resolve(session));
      await first(build, { wasm: given });
      expect(wasm['wasmPaths']).toEqual(expected);
    }
    place.location = { href: 'blob:https://a.example/0-1', origin: 'https://a.example' };
    const { build, wasm } = buildOf(() => Promise.resolve(session));
    await first(build, { wasm: '/ort' });
    expect(wasm['wasmPaths']).toBe('https://a.example/ort/');
  });

  it('refuses threads that cannot begin, before it begins', () => {
    const { build } = buildOf(() => Promise.resolve(session));
    const begin = (options: WebOptions) => () => browserSessions(build, options, () => ({}));
    for (const threads of [0, -1, 1.5, NaN]) expect(begin({ threads })).toThrow(ConfigError);
    place.crossOriginIsolated = false;
    expect(begin({ threads: 1 })).not.toThrow();
    expect(begin({ threads: 2 })).toThrow(/threads: expected 1 in a page .* got 2; .*Cross-Origin-Embedder-Policy/);
    place.crossOriginIsolated = true;
    expect(begin({ threads: 2 })).not.toThrow();
  });

  it('reports where it expected its file, or what the page forbids, at every attempt', async () => {
    const cases = [
      [{}, 'both async and sync fetching of the wasm failed', /expected build-\d+\.wasm beside the script; copy it/],
      [{ wasm: 'https://a.example/' }, 'x', /expected build-\d+\.wasm and build-\d+\.mjs in https:\/\/a\.example\/; /],
      [{ wasm: { wasm: 'https://a.example/x' } }, 'x', /expected build-\d+\.wasm at https:\/\/a\.example\/x; .*\(x\)$/],
      [{}, "because 'unsafe-eval' is not an allowed source", /Content-Security-Policy .* 'wasm-unsafe-eval'/],
    ] as const;
    for (const [options, reason, message] of cases) {
      const causes = [`no available backend found. ERR: ${reason}`, "previous call to 'initWasm()' failed."];
      const { build } = buildOf(() => Promise.reject(new Error(causes.shift())));
      for (let attempt = 0; attempt < 2; attempt++) {
        const session = first(build, options);
        await expect(session).rejects.toThrow(UnsupportedError);
        await expect(session).rejects.toThrow(message);
      }
    }
  });

  it('works after a model that was refused', async () => {
    const answers = [Promise.reject(new Error('an operator')), Promise.resolve(session)];
    const { build } = buildOf(() => answers.shift() ?? Promise.resolve(session));
    await expect(first(build)).rejects.toThrow('an operator');
    expect(await first(build)).toBe(session);
  });

  it('gives up threads that have not begun within a minute', async () => {
    vi.useFakeTimers();
    const { build } = buildOf(() => new Promise(() => undefined));
    const begun = first(build, { threads: 2, wasm: 'https://a.example' });
    const expected = expect(begun).rejects.toThrow(
      /^ONNX Runtime has not started with 2 threads in 60 seconds: expected build-\d+\.mjs in https:.*threads: 1/,
    );
    await vi.advanceTimersByTimeAsync(60_000);
    await expected;
    await expect(first(build, { threads: 2, wasm: 'https://a.example' })).rejects.toThrow(UnsupportedError);
  });
});
