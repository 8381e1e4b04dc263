/** Reproducible random draws: everything that a sampled method draws comes from one of these, and so from its seed. */
export interface Random {
  /** Uniform in [0, 1), in steps of 2^-32. */
  uniform(): number;
  /** Uniform among 0 … n - 1, exactly: draws that would favour some are thrown away. */
  below(n: number): number;
  /** Standard normal (Box and Muller 1958). */
  normal(): number;
  /** 0 … n - 1 in an order of equal chance for all orders (Fisher and Yates). */
  permutation(n: number): number[];
}

/** xoshiro128** (Blackman and Vigna 2021) from a state made of a seed; seeds are taken modulo 2^32. */
export const randomOf = (seed: number): Random => drawn(xoshiro(stateOf(seed)));

/** Draws made of a source of 32 random bits. */
export function drawn(bits: () => number): Random {
  let spare: number | null = null;
  const uniform = () => bits() / 2 ** 32;
  const below = (n: number): number => {
    if (!Number.isInteger(n) || n < 1 || n > 2 ** 32) throw new RangeError(`no choice: one of ${n}`);
    const even = 2 ** 32 - (2 ** 32 % n);
    let value = bits();
    while (value >= even) value = bits();
    return value % n;
  };
  return {
    uniform,
    below,
    normal() {
      if (spare !== null) {
        const kept = spare;
        spare = null;
        return kept;
      }
      const radius = Math.sqrt(-2 * Math.log(1 - uniform())); // 1 - u is never 0
      const angle = 2 * Math.PI * uniform();
      spare = radius * Math.sin(angle);
      return radius * Math.cos(angle);
    },
    permutation(n) {
      const order = Array.from({ length: n }, (_, i) => i);
      for (let i = n - 1; i > 0; i--) {
        const j = below(i + 1);
        [order[i], order[j]] = [order[j], order[i]];
      }
      return order;
    },
  };
}

/** The generator itself: 32 bits a call, from a state of four words that aren't all 0. */
export function xoshiro(state: readonly [number, number, number, number]): () => number {
  const s = Uint32Array.from(state);
  return () => {
    const bits = Math.imul(rotated(Math.imul(s[1], 5), 7), 9) >>> 0;
    const t = s[1] << 9;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = rotated(s[3], 11);
    return bits;
  };
}

/** Four well-mixed words of a seed (splitmix, with the finaliser of MurmurHash3). */
function stateOf(seed: number): [number, number, number, number] {
  if (!Number.isInteger(seed)) throw new RangeError(`bad seed: ${seed}; a whole number`);
  let counter = seed >>> 0;
  const word = () => {
    counter = (counter + 0x9e3779b9) >>> 0;
    let z = counter;
    z = Math.imul(z ^ (z >>> 16), 0x85ebca6b);
    z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35);
    return (z ^ (z >>> 16)) >>> 0;
  };
  return [word(), word(), word(), word()];
}

const rotated = (x: number, by: number): number => (x << by) | (x >>> (32 - by));
