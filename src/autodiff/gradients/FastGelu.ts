import type { Gradient } from "../gradient";
import { tanhSlope } from "./Gelu";

/** com.microsoft FastGelu; one with a bias is rewritten to a sum before it. */
export const fastGelu: Gradient = (c, { inputs: [x] }, [g]) => [() => c.b.mul(g, tanhSlope(c, x)), null];
