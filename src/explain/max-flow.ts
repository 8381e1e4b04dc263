/** Residual capacity below this counts as none: what is left of sums of shares by rounding. */
const nothing = 1e-12;

/**
 * Maximum flows through layers of `n` nodes each, by Dinic's algorithm (1970) on the dense layers themselves.
 * `capacities[l][i * n + j]` is what the edge from node i of layer l + 1 to node j of layer l takes.
 * @returns the greatest flow from a node of the top layer to a node of layer 0, to within 1e-9 of the capacities
 */
export function layeredFlow(capacities: readonly Float64Array[], n: number): (source: number, sink: number) => number {
  const layers = capacities.length;
  const flows = capacities.map((c) => new Float64Array(c.length));
  const distance = new Int32Array((layers + 1) * n); // to the sink; -1 where it can't be reached
  const arc = new Int32Array((layers + 1) * n); // below n: down to that node; from n on: back up, against flow
  const path = new Int32Array((layers + 1) * n);
  const queue = new Int32Array((layers + 1) * n);
  const waiting = Array.from({ length: layers + 1 }, () => new Int32Array(n));
  const left = new Int32Array(layers + 1);
  let touched: number[] = [];

  const endOf = (node: number, a: number): number => {
    const layer = Math.floor(node / n);
    return a < n ? (layer - 1) * n + a : (layer + 1) * n + a - n;
  };
  const room = (node: number, a: number): number => {
    const layer = Math.floor(node / n);
    const i = node - layer * n;
    if (a < n) return layer > 0 ? capacities[layer - 1][i * n + a] - flows[layer - 1][i * n + a] : 0;
    return layer < layers ? flows[layer][(a - n) * n + i] : 0;
  };
  const push = (node: number, a: number, amount: number): void => {
    const layer = Math.floor(node / n);
    const i = node - layer * n;
    const [at, edge] = a < n ? [layer - 1, i * n + a] : [layer, (a - n) * n + i];
    flows[at][edge] = a < n ? flows[at][edge] + amount : Math.max(0, flows[at][edge] - amount);
    touched.push(at * n * n + edge);
  };

  /** Distances to the sink by edges with room, as far as the source; whether it was reached. */
  const measure = (source: number, sink: number): boolean => {
    distance.fill(-1);
    for (let l = 0; l <= layers; l++) {
      left[l] = n;
      for (let i = 0; i < n; i++) waiting[l][i] = i;
    }
    let [head, tail] = [0, 1];
    queue[0] = sink;
    distance[sink] = 0;
    const reach = (layer: number, edges: (i: number) => boolean, from: number) => {
      for (let w = 0; w < left[layer]; ) {
        const i = waiting[layer][w];
        const node = layer * n + i;
        if (distance[node] >= 0 || edges(i)) {
          waiting[layer][w] = waiting[layer][--left[layer]];
          if (distance[node] >= 0) continue;
          distance[node] = from + 1;
          queue[tail++] = node;
        } else w++;
      }
    };
    while (head < tail) {
      const node = queue[head++];
      if (node === source) return true;
      const layer = Math.floor(node / n);
      const j = node - layer * n;
      if (layer < layers)
        reach(layer + 1, (i) => capacities[layer][i * n + j] - flows[layer][i * n + j] > nothing, distance[node]);
      if (layer > 0) reach(layer - 1, (k) => flows[layer - 1][j * n + k] > nothing, distance[node]);
    }
    return false;
  };

  /** The first arc from `a` on that has room and leads one step nearer to the sink; 2n where there is none. */
  const advance = (node: number, a: number): number => {
    const layer = Math.floor(node / n);
    const i = node - layer * n;
    const nearer = distance[node] - 1;
    if (a < n && layer > 0) {
      const [below, capacity, flow] = [(layer - 1) * n, capacities[layer - 1], flows[layer - 1]];
      for (; a < n; a++)
        if (distance[below + a] === nearer && capacity[i * n + a] - flow[i * n + a] > nothing) return a;
    }
    if (layer === layers) return 2 * n;
    const [above, flow] = [(layer + 1) * n - n, flows[layer]];
    for (a = Math.max(a, n); a < 2 * n; a++)
      if (distance[above + a] === nearer && flow[(a - n) * n + i] > nothing) return a;
    return a;
  };

  /** Fills every shortest path; what went through. */
  const block = (source: number, sink: number): number => {
    arc.fill(0);
    path[0] = source;
    let depth = 0;
    let total = 0;
    for (;;) {
      const node = path[depth];
      if (node === sink) {
        let amount = Number.POSITIVE_INFINITY;
        for (let k = 0; k < depth; k++) amount = Math.min(amount, room(path[k], arc[path[k]]));
        for (let k = 0; k < depth; k++) push(path[k], arc[path[k]], amount);
        total += amount;
        let k = 0;
        while (room(path[k], arc[path[k]]) > nothing) k++;
        depth = k;
        continue;
      }
      const a = advance(node, arc[node]);
      arc[node] = a;
      if (a < 2 * n) path[++depth] = endOf(node, a);
      else if (depth === 0) return total;
      else arc[path[--depth]]++;
    }
  };

  return (from, to) => {
    for (const edge of touched) flows[Math.floor(edge / (n * n))][edge % (n * n)] = 0;
    touched = [];
    const source = layers * n + from;
    let [out, into] = [0, 0];
    for (let j = 0; j < n; j++) {
      out += capacities[layers - 1][from * n + j];
      into += capacities[0][j * n + to];
    }
    const most = Math.min(out, into);
    let total = 0;
    while (most - total > nothing && measure(source, to)) total += block(source, to);
    return total;
  };
}
