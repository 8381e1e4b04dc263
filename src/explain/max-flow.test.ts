import { describe, expect, it } from "vitest";
import { layeredFlow } from "./max-flow";
import { randomOf } from "./random";

/** Edmonds and Karp on a plain matrix of nodes: shortest augmenting paths until there is none. */
function naiveFlow(capacities: readonly Float64Array[], n: number, from: number, to: number): number {
  const size = (capacities.length + 1) * n;
  const room = Array.from({ length: size }, () => new Array<number>(size).fill(0));
  capacities.forEach((c, l) => {
    for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) room[(l + 1) * n + i][l * n + j] = c[i * n + j];
  });
  const source = capacities.length * n + from;
  let total = 0;
  for (;;) {
    const parent = new Array<number>(size).fill(-1);
    const queue = [source];
    parent[source] = source;
    for (const u of queue) {
      for (let v = 0; v < size; v++) {
        if (parent[v] >= 0 || room[u][v] <= 1e-12) continue;
        parent[v] = u;
        queue.push(v);
      }
    }
    if (parent[to] < 0) return total;
    let amount = Number.POSITIVE_INFINITY;
    for (let v = to; v !== source; v = parent[v]) amount = Math.min(amount, room[parent[v]][v]);
    for (let v = to; v !== source; v = parent[v]) {
      room[parent[v]][v] -= amount;
      room[v][parent[v]] += amount;
    }
    total += amount;
  }
}

/** Rows of random shares; causal ones see no later node. */
function shares(n: number, layers: number, seed: number, causal: boolean, sharp: number): Float64Array[] {
  const { normal } = randomOf(seed);
  return Array.from({ length: layers }, () => {
    const matrix = new Float64Array(n * n);
    for (let i = 0; i < n; i++) {
      const seen = causal ? i + 1 : n;
      const weights = Array.from({ length: seen }, () => Math.exp(sharp * normal()));
      const sum = weights.reduce((s, w) => s + w, 0);
      weights.forEach((w, j) => {
        matrix[i * n + j] = w / sum;
      });
    }
    return matrix;
  });
}

describe("maximum flow through layers", () => {
  it.each([
    [4, 1, false, 1],
    [5, 3, false, 2],
    [6, 3, true, 2],
    [7, 5, false, 4],
    [8, 4, true, 5],
  ])("is that of augmenting paths: %i nodes, %i layers, causal %s, sharp %i", (n, layers, causal, sharp) => {
    for (let seed = 0; seed < 5; seed++) {
      const capacities = shares(n, layers, seed, causal, sharp);
      const flow = layeredFlow(capacities, n);
      for (let i = 0; i < n; i++)
        for (let j = 0; j < n; j++) expect(flow(i, j)).toBeCloseTo(naiveFlow(capacities, n, i, j), 9);
    }
  });

  it("takes flow back where a first path stood in the way", () => {
    // layer 2 → 1 → 0: both ways into node 0 are needed, and the greedy path 0 → 0 → 0 is right only in part
    const top = Float64Array.from([1, 1, 0, 0]);
    const bottom = Float64Array.from([0.5, 1, 0.75, 0]);
    expect(layeredFlow([bottom, top], 2)(0, 0)).toBeCloseTo(1.25, 12);
  });

  it("is never more than what leaves the source", () => {
    const capacities = shares(16, 6, 3, true, 3);
    const flow = layeredFlow(capacities, 16);
    for (let j = 0; j < 16; j++) expect(flow(15, j)).toBeLessThanOrEqual(1 + 1e-9);
  });

  it("does 64 nodes and 12 layers for every sink", () => {
    const capacities = shares(64, 12, 1, false, 3);
    const flow = layeredFlow(capacities, 64);
    const all = Array.from({ length: 64 }, (_, j) => flow(0, j));
    expect(all.every((f) => f > 0 && f <= 1 + 1e-9)).toBe(true);
    for (const j of [0, 31]) expect(layeredFlow(capacities, 64)(0, j)).toBeCloseTo(all[j], 9);
  });
});
