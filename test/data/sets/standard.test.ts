import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { expect, onTestFinished, test } from 'vitest';
import { FileError } from '../../../src/base/errors.ts';
import type { KnownFile, StandardSet } from '../../../src/data/sets/standard-set.ts';
import { cacheOf } from '../../../src/data/places.ts';
import { fashionMnistFiles as fashionMnist } from '../../../src/catalog/data-sets/fashion-mnist.ts';
import { mnistFiles as mnist } from '../../../src/catalog/data-sets/mnist.ts';
import { openStandard } from '../../../src/data/sets/standard.ts';
import { failure, idxFile, put, temporaryFolder } from '../fixtures.ts';

/** A server on this machine; returns its address. */
async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

const images = gzipSync(idxFile([2, 1, 2], [1, 2, 3, 4]));
const labels = gzipSync(idxFile([2], [1, 0]));

function known(name: string, content: Uint8Array): KnownFile {
  return { name, bytes: content.length, sha256: createHash('sha256').update(content).digest('hex') };
}

const files = {
  images: known('train-images-idx3-ubyte.gz', images),
  labels: known('train-labels-idx1-ubyte.gz', labels),
};
const small: StandardSet = {
  name: 'small',
  description: 'two images',
  size: 2,
  mirrors: [],
  files: { train: files, test: files },
  classNames: ['a', 'b'],
  hint: 'or draw them',
};
const content: Readonly<Record<string, Uint8Array>> = { [files.images.name]: images, [files.labels.name]: labels };

/** Answers with the files of `content`, changed by `change`. */
function mirror(change: (bytes: Uint8Array) => Uint8Array = (bytes) => bytes): RequestListener {
  return (request, response) => {
    const bytes = content[request.url?.slice(1) ?? ''];
    if (bytes === undefined) response.writeHead(404).end();
    else response.end(change(bytes));
  };
}

/** Empty places, so that nothing of this machine is found. */
const nowhere = (): { cache: string; system: string } => ({ cache: temporaryFolder(), system: temporaryFolder() });

test('downloads into the cache, once', async () => {
  const places = nowhere();
  const requests: (string | undefined)[] = [];
  const answer = mirror();
  const mirrors = [
    await serve((request, response) => {
      requests.push(request.url);
      answer(request, response);
    }),
  ];
  for (let time = 0; time < 2; time++) {
    const set = await openStandard(small, { ...places, mirrors });
    expect(set).toMatchObject({ name: 'small', count: 2, channels: 1, height: 1, width: 2, classNames: ['a', 'b'] });
    expect([...set.pixels]).toEqual([1, 2, 3, 4]);
    expect([...set.labels!]).toEqual([1, 0]);
  }
  expect(requests).toEqual(Object.keys(content).map((name) => `/${name}`));
  expect(readdirSync(cacheOf('small', places)).sort()).toEqual(Object.keys(content).sort());
});

test('a later mirror helps out', async () => {
  const mirrors = [await serve((_, response) => response.writeHead(503).end()), await serve(mirror())];
  expect(await openStandard(small, { ...nowhere(), mirrors })).toMatchObject({ count: 2 });
});

const broken: Record<string, [listener: RequestListener, message: RegExp]> = {
  'another content': [
    mirror((bytes) => Uint8Array.from(bytes, (byte, i) => (i === 20 ? byte ^ 1 : byte))),
    /expected the content with SHA-256 [0-9a-f]{64}, found [0-9a-f]{64}/,
  ],
  'a short content': [mirror((bytes) => bytes.subarray(1)), /expected \d+ bytes, found \d+/],
  'a long content': [mirror((bytes) => Uint8Array.from([...bytes, 0])), /expected \d+ bytes, found more/],
  'an endless content': [
    (_, response) => {
      const more = (): void => {
        while (!response.destroyed && response.write(new Uint8Array(65536)));
      };
      response.on('drain', more);
      more();
    },
    /found more/,
  ],
  'no such file': [(_, response) => response.writeHead(404).end(), /expected a file, found HTTP status 404/],
  'a connection that breaks off': [
    (_, response) => {
      response.writeHead(200, { 'content-length': images.length });
      response.write(images.subarray(0, 5), () => response.destroy());
    },
    /train-images-idx3-ubyte.gz: cannot be downloaded: /,
  ],
};

for (const [name, [listener, message]] of Object.entries(broken)) {
  test(`${name} is refused and leaves nothing in the cache`, async () => {
    const places = nowhere();
    const error = await failure(openStandard(small, { ...places, mirrors: [await serve(listener)] }));
    expect(error).toBeInstanceOf(FileError);
    expect(error.message).toMatch(message);
    expect(readdirSync(cacheOf('small', places))).toEqual([]);
  });
}

test('a set that is nowhere: one sentence says where it was looked for, why there is no download, and what to do', async () => {
  // Port 9 of this machine (discard) has no server.
  const error = await failure(openStandard(small, { folder: '/a', ...nowhere(), mirrors: ['http://127.0.0.1:9/'] }));
  expect(error).toBeInstanceOf(FileError);
  expect(error.message).toMatch(
    /^small: not found in \/a, \/a\/small, .*\/small, .*\/small and not downloaded \(http:/,
  );
  expect(error.message).toMatch(
    /put train-images-idx3-ubyte.gz and train-labels-idx1-ubyte.gz into one of these folders, or draw them$/,
  );
});

test('a cache that cannot be written is named', async () => {
  const cache = await put(temporaryFolder(), 'cache', 'a file where a folder should be');
  const { message } = await failure(openStandard(small, { ...nowhere(), cache, mirrors: [await serve(mirror())] }));
  expect(message).toMatch(/cache.small.train-images-idx3-ubyte.gz: cannot be written: .*not a folder/);
});

test('the given folder comes first, then the cache, then the system; files may be unpacked or packed anew', async () => {
  const [folder, cache, system] = [temporaryFolder(), temporaryFolder(), temporaryFolder()];
  const place = async (where: string, pixel: number): Promise<void> => {
    await put(where, 'train-images-idx3-ubyte', idxFile([1, 1, 1], [pixel]));
    await put(where, 'train-labels-idx1-ubyte.gz', gzipSync(idxFile([1], [0]), { level: 0 }));
  };
  const found = async (): Promise<number> =>
    (await openStandard(small, { folder, cache, system, mirrors: [] })).pixels[0]!;
  for (const [i, where] of [`${system}/small`, `${cache}/small`, `${folder}/small`, folder].entries()) {
    await place(where, i);
    expect(await found()).toBe(i);
  }
});

test('the cache is where the environment says', () => {
  const before = process.env['SCOREFIELD_CACHE'];
  onTestFinished(() => {
    if (before === undefined) delete process.env['SCOREFIELD_CACHE'];
    else process.env['SCOREFIELD_CACHE'] = before;
  });
  process.env['SCOREFIELD_CACHE'] = '/somewhere';
  expect(cacheOf('x', {})).toBe('/somewhere/x');
  delete process.env['SCOREFIELD_CACHE'];
  expect(cacheOf('x', {})).toMatch(/\.cache.scorefield.x$/);
  expect(cacheOf('x', { cache: '/given' })).toBe('/given/x');
});

test('the published sets have ten classes, and files with whole checksums', () => {
  for (const set of [mnist, fashionMnist]) {
    expect(set.classNames).toHaveLength(10);
    const all = Object.values(set.files).flatMap((split) => [split.images, split.labels]);
    expect(new Set(all.map((file) => file.sha256)).size).toBe(4);
    for (const file of all) expect(file.sha256).toMatch(/^[0-9a-f]{64}$/);
    for (const base of set.mirrors) expect(base).toMatch(/^https?:.*\/$/);
  }
});
