import { checkTokenizer, type TokenizerTests } from "../../text/conformance";
import { createTokenizer } from "../../text/tokenizer";
import { type Folder, type Row, readJson } from "./folder";

/** Ids, tokens, offsets and decoding of the folder's texts: the number of texts that differ. */
export async function checkTokens(folder: Folder): Promise<Row[]> {
  const tests = (await readJson(folder, "tokenizer_tests.json")) as TokenizerTests | null;
  if (!tests) return [];
  const tokenizer = createTokenizer(
    await readJson(folder, "tokenizer.json"),
    await readJson(folder, "tokenizer_config.json"),
  );
  const wrong = checkTokenizer(tokenizer, tests).filter((r) => !r.pass);
  const note = wrong.length > 0 ? { note: `${wrong[0].name}: ${wrong[0].error}` } : {};
  return [
    {
      model: folder.name,
      file: "tokenizer.json",
      quantity: "tokens",
      error: wrong.length,
      limit: 0,
      pass: wrong.length === 0,
      ...note,
    },
  ];
}
