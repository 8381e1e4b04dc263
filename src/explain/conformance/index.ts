import type { CreateSession } from "../session";
import { type Folder, modelFilesOf, type Row } from "./folder";
import { checkForward } from "./forward";
import { checkGradient } from "./gradient";
import { checkLrp } from "./lrp";
import { checkMethods } from "./methods";
import { checkFaithfulness, checkFormulas } from "./metrics";
import { checkTokens } from "./tokens";

export type { Folder, Row } from "./folder";

/** Checks of a whole folder, and checks of each of its graph files. */
const ofFolder: Readonly<Record<string, (folder: Folder) => Promise<Row[]>>> = {
  tokens: checkTokens,
  metrics: checkFormulas,
};
const ofFile: Readonly<Record<string, (folder: Folder, path: string, create: CreateSession) => Promise<Row[]>>> = {
  forward: checkForward,
  gradient: checkGradient,
  lrp: checkLrp,
  methods: checkMethods,
  metrics: checkFaithfulness,
};

/** Every quantity that can be asked for with `--only`. */
export const quantities: readonly string[] = [...new Set([...Object.keys(ofFolder), ...Object.keys(ofFile)])];

export interface ConformanceOptions {
  readonly only: readonly string[];
  /** Only graph files whose path ends so. */
  readonly file?: string;
  /** The folder's models must be refused, each with an error that says why. */
  readonly refused?: boolean;
}

/** Compares the engine with a folder's references, a row a file and quantity. What throws is a failed row with its message. */
export async function conformance(
  folder: Folder,
  create: CreateSession,
  options: ConformanceOptions,
  onRow: (row: Row) => void = () => {},
): Promise<Row[]> {
  const rows: Row[] = [];
  const add = (found: readonly Row[]) => {
    for (const row of found) {
      rows.push(row);
      onRow(row);
    }
  };
  const failed = (file: string, quantity: string, error: unknown): Row => ({
    model: folder.name,
    file,
    quantity,
    error: null,
    limit: null,
    pass: false,
    note: error instanceof Error ? error.message : String(error),
  });
  for (const quantity of options.only) {
    const check = ofFolder[quantity];
    if (check) add(await check(folder).catch((e) => [failed("", quantity, e)]));
  }
  for (const path of modelFilesOf(folder).filter((p) => !options.file || p.endsWith(options.file))) {
    for (const quantity of options.only) {
      const check = ofFile[quantity];
      if (!check) continue;
      const found = await check(folder, path, create).catch((e) => [failed(path, quantity, e)]);
      add(options.refused ? refusal(folder, path, quantity, found) : found);
    }
  }
  return rows;
}

/** A model that must be refused passes by its error. */
function refusal(folder: Folder, path: string, quantity: string, found: readonly Row[]): Row[] {
  const why = found.find((r) => r.error === null && r.note)?.note;
  return [
    {
      model: folder.name,
      file: path,
      quantity: `${quantity} refused`,
      error: null,
      limit: null,
      pass: why !== undefined && /^encoder-decoder: /.test(why),
      note: why ?? "it was not refused",
    },
  ];
}
