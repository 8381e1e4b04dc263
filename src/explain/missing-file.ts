/** The weights are in a file that isn't there. */
export class MissingFile extends Error {
  constructor(readonly file: string) {
    super(`missing file: ${file}; the model's weights are in it, so give it together with the model`);
    this.name = "MissingFile";
  }
}
