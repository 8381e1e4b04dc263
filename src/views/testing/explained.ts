import { createWorkspace } from "../../store/store";
import { syntheticExplainer } from "../../store/testing/synthetic";
import { encoder } from "./pictures";

/** A workspace of the made-up encoder on which methods have explained a text, and their faithfulness was measured. */
export async function explained(text: string, ids: readonly string[]) {
  const explainer = syntheticExplainer(() => encoder);
  const workspace = createWorkspace(explainer, { catalog: async () => ({ models: [] }), examples: async () => [] });
  const { store, actions } = workspace;
  store.setState({ text });
  await actions.open({ kind: "hub", id: "a/encoder" });
  await actions.explain(ids);
  await actions.measure(ids);
  const shown = store.getState().shown!;
  return { ...workspace, shown, state: store.getState };
}
