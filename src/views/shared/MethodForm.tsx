import { useId, useState } from "react";
import type { Parameter } from "../../explain/parameter";
import { useActions } from "../../store/react";
import type { Shown } from "../../store/state";
import { Segmented, Switch } from "./controls";
import { useMethod, useOptions } from "./explaining";

type Value = number | string | boolean;

/** Choices up to so many stand side by side. */
const SIDE_BY_SIDE = 3;
/** And where their names are no longer together than so many letters. */
const LETTERS = 30;

const short = (choices: readonly { readonly label: string }[]): boolean =>
  choices.length <= SIDE_BY_SIDE && choices.reduce((sum, { label }) => sum + label.length, 0) <= LETTERS;

/** A text is asked for only where a choice beside it says "text". */
const askedFor = (parameter: Parameter, all: readonly Parameter[], options: Readonly<Record<string, Value>>): boolean =>
  parameter.kind !== "text" ||
  all.every((each) => each.kind !== "choice" || !each.choices.some(({ id }) => id === "text")) ||
  Object.values(options).includes("text");

/** Takes what is typed when it is whole: on Enter, or when the field is left. */
function TextInput({
  value,
  number,
  label,
  onChange,
}: {
  readonly value: string | number;
  readonly number?: { readonly min: number; readonly max: number; readonly step: number };
  readonly label: string;
  readonly onChange: (value: string) => void;
}) {
  const [typed, type] = useState<string | null>(null);
  const take = () => {
    if (typed !== null && typed !== `${value}`) onChange(typed);
    type(null);
  };
  return (
    <input
      aria-label={label}
      className={number ? "number-input" : "text-input tok"}
      type={number ? "number" : "text"}
      {...number}
      value={typed ?? value}
      spellCheck={false}
      onChange={(event) => type(event.target.value)}
      onBlur={take}
      onKeyDown={(event) => {
        if (event.key === "Enter") take();
        if (event.key === "Escape") type(null);
      }}
    />
  );
}

/** One parameter as its kind asks. Choices that this model lacks are there, but can't be chosen, and say why. */
export function Field({
  parameter,
  value,
  layers,
  lacking = {},
  onChange,
}: {
  readonly parameter: Parameter;
  readonly value: Value;
  readonly layers: number;
  readonly lacking?: Readonly<Record<string, string>>;
  readonly onChange: (value: Value) => void;
}) {
  const id = useId();
  const { kind, label } = parameter;
  const select = (options: readonly { id: Value; label: string }[]) => (
    <select aria-label={label} value={`${value}`} onChange={(event) => onChange(numeric(event.target.value))}>
      {options.map((option) => {
        const lacks = lacking[`${option.id}`];
        return (
          <option key={`${option.id}`} value={`${option.id}`} disabled={lacks !== undefined}>
            {option.label}
            {lacks && ` (${lacks})`}
          </option>
        );
      })}
    </select>
  );
  const control = () => {
    switch (kind) {
      case "number": {
        const { min, max, step } = parameter;
        const take = (typed: string) => {
          const wanted = Number(typed);
          if (typed.trim() !== "" && Number.isFinite(wanted)) onChange(Math.min(max, Math.max(min, wanted)));
        };
        return <TextInput label={label} value={value as number} number={{ min, max, step }} onChange={take} />;
      }
      case "choice":
        return short(parameter.choices) && Object.keys(lacking).length === 0 ? (
          <Segmented
            label={label}
            value={`${value}`}
            options={parameter.choices.map((choice) => ({ value: choice.id, label: choice.label }))}
            onChange={onChange}
          />
        ) : (
          select(parameter.choices)
        );
      case "switch":
        return <Switch label={label} on={value as boolean} onChange={() => onChange(!value)} />;
      case "text":
        return <TextInput label={label} value={value as string} onChange={onChange} />;
      case "layer":
        return select([
          ...parameter.words.map((word) => ({ id: word, label: word })),
          ...Array.from({ length: layers }, (_, layer) => ({ id: layer, label: `${layer}` })),
        ]);
    }
  };
  return (
    <div className="field" title={parameter.note} data-kind={kind}>
      <span className="control-label" aria-hidden="true">
        {kind === "switch" ? "" : label}
      </span>
      {control()}
      {parameter.note && (
        <span id={id} className="sr-only">
          {parameter.note}
        </span>
      )}
    </div>
  );
}

const numeric = (raw: string): Value => (/^\d+$/.test(raw) ? Number(raw) : raw);

/** A method's parameters as a form; what is changed runs. */
export function MethodForm({
  method: id,
  shown,
  only,
  lacking = {},
}: {
  readonly method: string;
  readonly shown: Shown;
  /** These parameters alone, in this order. */
  readonly only?: readonly string[];
  /** By parameter and choice: why this model can't. */
  readonly lacking?: Readonly<Record<string, Readonly<Record<string, string>>>>;
}) {
  const method = useMethod(id);
  const options = useOptions(id);
  const { setMethodOption } = useActions();
  if (!method) return null;
  const parameters = only
    ? only.flatMap((name) => method.parameters.filter((parameter) => parameter.id === name))
    : method.parameters;
  const asked = parameters.filter((parameter) => askedFor(parameter, method.parameters, options));
  return asked.map((parameter) => (
    <Field
      key={`${id} ${parameter.id}`}
      parameter={parameter}
      value={options[parameter.id]!}
      layers={shown.model.layers}
      {...(lacking[parameter.id] && { lacking: lacking[parameter.id]! })}
      onChange={(value) => void setMethodOption(id, parameter.id, value)}
    />
  ));
}
