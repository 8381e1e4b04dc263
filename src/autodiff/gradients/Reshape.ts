import type { Gradient } from "../gradient";

/** Of every operator that only tells the sizes anew. */
export const reshape: Gradient = (c, { inputs: [x] }, [g]) => [() => c.b.op("Reshape", [g, c.shape(x)]), null];
