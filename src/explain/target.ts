/**
 * What is explained: one output at one position, optionally against another.
 * For a classifier over whole texts `position` is null and `index` is a class; else `position` is the token whose
 * output row is read and `index` is a class or a vocabulary id.
 */
export interface Target {
  readonly position: number | null;
  readonly index: number;
  readonly against?: number;
  readonly as?: "logit" | "log-probability" | "probability";
}

/** One row of the output distribution. */
export interface Candidate {
  readonly index: number;
  /** A class label or a token's text. */
  readonly label: string;
  readonly logit: number;
  readonly probability: number;
}
