import type { Options } from "./attribution";

/** A setting of a method, as a form and a command line show it. */
export type Parameter = Named &
  (
    | {
        readonly kind: "number";
        readonly default: number;
        readonly min: number;
        readonly max: number;
        readonly step: number;
      }
    | { readonly kind: "choice"; readonly default: string; readonly choices: readonly Choice[] }
    | { readonly kind: "switch"; readonly default: boolean }
    | { readonly kind: "text"; readonly default: string }
    /** A layer of the model by its number, or one of the words. */
    | { readonly kind: "layer"; readonly default: number | string; readonly words: readonly string[] }
  );

interface Named {
  readonly id: string;
  readonly label: string;
  /** Of models that read text, or images, alone. */
  readonly of?: InputKind;
  /** One sentence, where the label alone doesn't say it. */
  readonly note?: string;
}

export interface Choice {
  readonly id: string;
  readonly label: string;
  /** Of models that read text, or images, alone. */
  readonly of?: InputKind;
}

/** What a model reads. */
export type InputKind = "text" | "image";

export const inputKind = ({ family }: { readonly family: string }): InputKind =>
  family === "vision" ? "image" : "text";

/** The parameters of a method for a model; where a default is of the other kind of input, the first choice is it. */
export const parametersFor = (parameters: readonly Parameter[], kind: InputKind): readonly Parameter[] =>
  parameters
    .filter((parameter) => (parameter.of ?? kind) === kind)
    .map((parameter) => {
      if (parameter.kind !== "choice") return parameter;
      const choices = parameter.choices.filter((choice) => (choice.of ?? kind) === kind);
      const stays = choices.some(({ id }) => id === parameter.default);
      return { ...parameter, choices, default: stays ? parameter.default : choices[0].id };
    });

/**
 * The options that a method runs with: those given, and defaults for the rest.
 * @throws RangeError `unknown option: ...`, `bad option: ...` with what is allowed
 */
export function optionsOf(parameters: readonly Parameter[], given: Options = {}): Options {
  for (const id of Object.keys(given)) {
    if (!parameters.some((p) => p.id === id))
      throw new RangeError(`unknown option: ${id}; known are ${parameters.map((p) => p.id).join(", ") || "none"}`);
  }
  return Object.fromEntries(
    parameters.map((parameter) => [parameter.id, checked(parameter, given[parameter.id] ?? parameter.default)]),
  );
}

function checked(parameter: Parameter, value: number | string | boolean): number | string | boolean {
  const bad = (allowed: string) => new RangeError(`bad option: ${parameter.id}=${value}; ${allowed}`);
  switch (parameter.kind) {
    case "number":
      if (typeof value !== "number" || !(value >= parameter.min && value <= parameter.max))
        throw bad(`a number from ${parameter.min} to ${parameter.max}`);
      return value;
    case "choice":
      if (!parameter.choices.some((c) => c.id === value))
        throw bad(`one of ${parameter.choices.map((c) => c.id).join(", ")}`);
      return value;
    case "switch":
      if (typeof value !== "boolean") throw bad("true or false");
      return value;
    case "text":
      return String(value);
    case "layer":
      if (typeof value === "string" && parameter.words.includes(value)) return value;
      if (!Number.isInteger(value)) throw bad(["a layer's number", ...parameter.words].join(", "));
      return value;
  }
}
