import { type FormEvent, useId, useState } from "react";
import type { CatalogExample, CatalogModel } from "../store/catalog";
import { comparingLink } from "../store/comparing";
import { useActions, useApp } from "../store/react";
import type { State } from "../store/state";
import { writeLink } from "../store/url";
import { Segmented } from "../views/shared/controls";
import { DialogFrame } from "./Dialog";
import { pickedFrom } from "./dropped";
import { megabytes, shape } from "./format";

function Shipped({ model }: { readonly model: CatalogModel }) {
  const source = useApp((state) => state.source);
  const loaded = useApp((state) => state.model !== null);
  const { open, openDialog, tryExample } = useActions();
  const current = source?.kind === "shipped" && source.id === model.id;
  const show = (example: CatalogExample): void => {
    openDialog(null);
    if (current && loaded) tryExample(example);
    else void open({ kind: "shipped", id: model.id }).then(() => tryExample(example));
  };
  return (
    <li className="shipped" data-current={current || undefined}>
      <div>
        <h4>
          {model.name}
          {current && loaded && <span className="tag">open</span>}
        </h4>
        <p>{model.description}</p>
        <p className="small">
          {[
            model.architecture,
            shape(model.layers, model.heads),
            model.precision,
            ...(model.bytes === null ? [] : [megabytes(model.bytes)]),
          ].join(" · ")}
        </p>
      </div>
      <button
        type="button"
        className="button"
        aria-label={`Open ${model.name}`}
        onClick={() => void open({ kind: "shipped", id: model.id })}
      >
        Open
      </button>
      {model.examples.length > 0 && (
        <ul className="examples" aria-label={`Examples of ${model.name}`}>
          {model.examples.map((example) => (
            <li key={`${example.text} ${example.pair ?? ""}`}>
              <button type="button" onClick={() => show(example)}>
                {example.text}
                {example.pair !== null && <span className="small"> / {example.pair}</span>}
                {example.note && <span className="small">{example.note}</span>}
              </button>
              <a
                className="link"
                href={`#${writeLink(comparingLink(model, example))}`}
                aria-label={`Compare methods on: ${example.text}`}
                onClick={() => openDialog(null)}
              >
                Compare methods
              </a>
            </li>
          ))}
        </ul>
      )}
    </li>
  );
}

const HUB_ID = /^[\w.-]+\/[\w.-]+$/;

function Hub() {
  const { open } = useActions();
  const [id, setId] = useState("");
  const [revision, setRevision] = useState("");
  const [file, setFile] = useState("");
  const [wrong, setWrong] = useState(false);
  const ids = useId();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const name = id
      .trim()
      .replace(/^https:\/\/huggingface\.co\//, "")
      .replace(/\/$/, "");
    if (!HUB_ID.test(name)) return setWrong(true);
    void open({
      kind: "hub",
      id: name,
      ...(revision.trim() && { revision: revision.trim() }),
      ...(file.trim() && { file: file.trim() }),
    });
  };
  return (
    <form className="hub" onSubmit={submit}>
      <label>
        Model
        <input
          className="tok"
          value={id}
          placeholder="owner/name"
          autoComplete="off"
          spellCheck={false}
          aria-invalid={wrong}
          aria-describedby={wrong ? ids : undefined}
          onChange={(event) => {
            setId(event.target.value);
            setWrong(false);
          }}
        />
      </label>
      <label>
        Revision
        <input
          className="tok"
          value={revision}
          placeholder="main"
          autoComplete="off"
          spellCheck={false}
          onChange={(event) => setRevision(event.target.value)}
        />
      </label>
      <label>
        File
        <input
          className="tok"
          value={file}
          placeholder="chosen for you"
          autoComplete="off"
          spellCheck={false}
          onChange={(event) => setFile(event.target.value)}
        />
      </label>
      <button type="submit" className="button">
        Open from the hub
      </button>
      {wrong && (
        <p id={ids} className="wrong" role="alert">
          A hub model is written owner/name, for example Xenova/distilbert-base-uncased-finetuned-sst-2-english.
        </p>
      )}
    </form>
  );
}

function FileButtons() {
  const { openFiles } = useActions();
  const take = (list: FileList | null) => {
    if (list && list.length > 0) void openFiles(pickedFrom(list));
  };
  return (
    <div className="actions">
      <label className="button file-button">
        Choose files
        <input type="file" multiple className="sr-only" onChange={(event) => take(event.target.files)} />
      </label>
      <label className="button file-button">
        Choose a folder
        <input
          type="file"
          multiple
          className="sr-only"
          ref={(input) => input?.setAttribute("webkitdirectory", "")}
          onChange={(event) => take(event.target.files)}
        />
      </label>
    </div>
  );
}

const devices: readonly { value: State["device"]; label: string }[] = [
  { value: "auto", label: "Automatic" },
  { value: "webgpu", label: "WebGPU" },
  { value: "wasm", label: "WASM" },
];

function DeviceChoice() {
  const device = useApp((state) => state.device);
  const model = useApp((state) => state.model);
  const { setDevice, retry, openDialog } = useActions();
  const differs = model !== null && device !== "auto" && model.device !== device;
  return (
    <div className="device-choice">
      <Segmented label="Device" value={device} options={devices} onChange={setDevice} />
      {differs ? (
        <button
          type="button"
          className="button"
          onClick={() => {
            openDialog(null);
            void retry(device);
          }}
        >
          Reload {model.name} on {device === "wasm" ? "WASM" : "WebGPU"}
        </button>
      ) : (
        <span className="small">
          {model
            ? `Runs on ${model.device === "webgpu" ? "WebGPU" : "WASM"} now.`
            : "WebGPU where the browser has it and it computes right, else WASM."}
        </span>
      )}
      {model?.notes.map((note) => (
        <p key={note} className="note">
          {note}
        </p>
      ))}
    </div>
  );
}

/** Every way to a model: what ships, the hub, the person's own files; and what it runs on. */
export function ModelPicker() {
  const models = useApp((state) => state.catalog?.models ?? null);
  return (
    <DialogFrame title="Choose a model" wide>
      {models && models.length > 0 && (
        <section>
          <h3>Ships with this page</h3>
          <ul className="shipped-list">
            {models.map((model) => (
              <Shipped key={model.id} model={model} />
            ))}
          </ul>
        </section>
      )}
      <section>
        <h3>From the Hugging Face hub</h3>
        <p className="small">Any repository with ONNX files. The browser downloads it once and keeps it.</p>
        <Hub />
      </section>
      <section>
        <h3>From your computer</h3>
        <p className="small">
          model.onnx with its data, tokenizer.json and config.json; without a tokenizer you type ids. Or drop them
          anywhere on the page. Nothing is uploaded.
        </p>
        <FileButtons />
      </section>
      <section>
        <h3>Runs on</h3>
        <DeviceChoice />
      </section>
    </DialogFrame>
  );
}
