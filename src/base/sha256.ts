/**
 * @file SHA-256 without an import of Node, so that it is the same function in a browser, which has it for promises alone.
 * @see FIPS 180-4, "Secure hash standard", sections 5 and 6
 */

/** The SHA-256 of all parts in their order, 64 hexadecimal digits. Node's own is used where there is one: it is ten times as fast. */
export function sha256(...parts: readonly Uint8Array[]): string {
  const host = (globalThis as { readonly process?: Partial<NodeJS.Process> }).process;
  const native = host?.getBuiltinModule?.('node:crypto');
  if (native === undefined) return portableSha256(...parts);
  const hash = native.createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest('hex');
}

const primes = Array.from({ length: 312 }, (_, n) => n).filter((n) => {
  for (let d = 2; d * d <= n; d++) if (n % d === 0) return false;
  return n > 1;
});

/** The first 32 bits behind the point of a root of a whole number. */
function fractionOfRoot(x: number, root: 2 | 3): number {
  const target = BigInt(x) << BigInt(32 * root);
  let [low, high] = [0n, 1n << 40n];
  while (high - low > 1n) {
    const middle = (low + high) / 2n;
    if (middle ** BigInt(root) <= target) low = middle;
    else high = middle;
  }
  return Number(BigInt.asUintN(32, low));
}

const blockBytes = 64;
const initial = Int32Array.from(primes.slice(0, 8), (p) => fractionOfRoot(p, 2));
const constants = Int32Array.from(primes, (p) => fractionOfRoot(p, 3));
const words = new Int32Array(64);

/** The same in JavaScript alone. */
export function portableSha256(...parts: readonly Uint8Array[]): string {
  const state = initial.slice();
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const padding = new Uint8Array(blockBytes * Math.ceil((length + 9) / blockBytes) - length);
  padding[0] = 0x80;
  new DataView(padding.buffer).setBigUint64(padding.length - 8, 8n * BigInt(length));
  const rest = new Uint8Array(blockBytes);
  let filled = 0;
  for (const part of [...parts, padding]) {
    let at = 0;
    if (filled > 0) {
      at = Math.min(blockBytes - filled, part.length);
      rest.set(part.subarray(0, at), filled);
      filled += at;
      if (filled < blockBytes) continue;
      compress(state, rest);
    }
    const end = part.length - ((part.length - at) % blockBytes);
    compress(state, part.subarray(at, end));
    rest.set(part.subarray(end));
    filled = part.length - end;
  }
  return Array.from(state, (word) => (word >>> 0).toString(16).padStart(8, '0')).join('');
}

/** Mixes whole blocks into the state; letters are those of the standard. */
function compress(state: Int32Array, bytes: Uint8Array): void {
  const w = words;
  const s = state;
  for (let at = 0; at < bytes.length; at += blockBytes) {
    for (let i = 0, j = at; i < 16; i++, j += 4)
      w[i] = (bytes[j]! << 24) | (bytes[j + 1]! << 16) | (bytes[j + 2]! << 8) | bytes[j + 3]!;
    for (let i = 16; i < 64; i++) {
      const x = w[i - 15]!;
      const y = w[i - 2]!;
      const s0 = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3);
      const s1 = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10);
      w[i] = w[i - 16]! + s0 + w[i - 7]! + s1;
    }
    let [a, b, c, d] = [s[0]!, s[1]!, s[2]!, s[3]!];
    let [e, f, g, h] = [s[4]!, s[5]!, s[6]!, s[7]!];
    for (let i = 0; i < 64; i++) {
      const sum1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
      const t1 = (h + sum1 + ((e & f) ^ (~e & g)) + constants[i]! + w[i]!) | 0;
      const sum0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
      const t2 = (sum0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
      h = g;
      g = f;
      f = e;
      e = (d + t1) | 0;
      d = c;
      c = b;
      b = a;
      a = (t1 + t2) | 0;
    }
    s[0]! += a;
    s[1]! += b;
    s[2]! += c;
    s[3]! += d;
    s[4]! += e;
    s[5]! += f;
    s[6]! += g;
    s[7]! += h;
  }
}
