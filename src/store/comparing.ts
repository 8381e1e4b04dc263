import type { CatalogExample, CatalogModel } from "./catalog";
import type { Link } from "./url";

/** What opens an example in Compare: its model and text, and the methods and target that suit it. */
export const comparingLink = (model: CatalogModel, { text, pair, compare }: CatalogExample): Link => ({
  model: model.id,
  text,
  ...(pair !== null && { pair }),
  view: "compare",
  ...(compare?.target != null && { target: compare.target }),
  ...(compare?.against != null && { against: compare.against }),
  unit: "token",
  own: { compare: compare === null ? {} : { methods: compare.methods } },
});

/** Examples that were chosen for comparing methods on, each with its model. */
export const comparingExamples = (
  models: readonly CatalogModel[],
): { readonly model: CatalogModel; readonly example: CatalogExample }[] =>
  models.flatMap((model) => model.examples.flatMap((example) => (example.compare ? [{ model, example }] : [])));
