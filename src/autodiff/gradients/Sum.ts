import type { Gradient } from "../gradient";

export const sum: Gradient = (_c, { inputs }, [g]) => inputs.map(() => () => g);
