import { isJson, type Json, maybeString } from "./json";
import { contentOf } from "./special-ids";

/** What a model folder without tokenizer.json has. */
export interface VocabularyFiles {
  /** tokenizer_config.json over special_tokens_map.json. */
  readonly config: Json;
  /** added_tokens.json: ids by token. */
  readonly added: Json;
  /** vocab.txt, a word piece a line. */
  readonly words: string | null;
  /** vocab.json, parsed: ids by piece. */
  readonly vocabulary: unknown;
  /** merges.txt */
  readonly merges: string | null;
}

type Role = "bos" | "eos" | "unk" | "sep" | "pad" | "cls" | "mask";
type Names = Partial<Readonly<Record<Role, string>>>;

const bertNames: Names = { unk: "[UNK]", sep: "[SEP]", pad: "[PAD]", cls: "[CLS]", mask: "[MASK]" };
const robertaNames: Names = {
  bos: "<s>",
  eos: "</s>",
  unk: "<unk>",
  sep: "</s>",
  pad: "<pad>",
  cls: "<s>",
  mask: "<mask>",
};
const gpt2Names: Names = { bos: "<|endoftext|>", eos: "<|endoftext|>", unk: "<|endoftext|>" };

interface Kind {
  readonly classes: readonly string[];
  readonly names: Names;
  /** Whether the mask token takes the space before it into itself. */
  readonly stripMask?: boolean;
  readonly post: (config: Json, names: Names, ids: Ids) => unknown;
}

type Ids = ReadonlyMap<string, number>;

/** Classes whose files are a vocab.txt of word pieces. */
const wordPieceKinds: readonly Kind[] = [
  {
    classes: [
      "Bert",
      "DistilBert",
      "Electra",
      "MobileBert",
      "SqueezeBert",
      "ConvBert",
      "LayoutLM",
      "Lxmert",
      "Splinter",
    ],
    names: bertNames,
    post: (_, names, ids) => template("cls A sep", "cls A sep B:1 sep:1", names, ids),
  },
  {
    classes: ["MPNet"],
    names: { ...robertaNames, unk: "[UNK]" },
    stripMask: true,
    post: (_, names, ids) => template("cls A sep", "cls A sep sep B:1 sep:1", names, ids),
  },
];

/** Classes whose files are a vocab.json and a merges.txt of byte-level pieces. */
const byteLevelKinds: readonly Kind[] = [
  {
    classes: ["GPT2", "GPTNeoX", "CodeGen"],
    names: gpt2Names,
    post: (config, names, ids) =>
      config.add_bos_token === true
        ? template("bos A", "bos A B:1", names, ids)
        : { type: "ByteLevel", add_prefix_space: true, trim_offsets: false, use_regex: true },
  },
  {
    classes: ["Roberta", "Bart", "Longformer", "LED", "Mvp"],
    names: robertaNames,
    stripMask: true,
    post: (config, names, ids) => ({
      type: "RobertaProcessing",
      sep: [names.sep, ids.get(names.sep ?? "")],
      cls: [names.cls, ids.get(names.cls ?? "")],
      trim_offsets: config.trim_offsets !== false,
      add_prefix_space: config.add_prefix_space === true,
    }),
  },
  {
    classes: ["Deberta"],
    names: bertNames,
    stripMask: true,
    post: (_, names, ids) => template("cls A sep", "cls A sep B sep", names, ids),
  },
];

/**
 * The tokenizer.json that Hugging Face transformers makes of these files (`convert_slow_tokenizer.py`), by the class that
 * the configuration names or, where it names none, by what is there; and the configuration with what the class implies.
 * @throws `no tokenizer: ...` where files are missing, `unknown tokenizer: ...` for another class
 */
export function tokenizerFromVocabulary(files: VocabularyFiles): { tokenizer: Json; config: Json } {
  const named = maybeString(files.config, "tokenizer_class")?.replace(/Tokenizer(Fast)?$/, "") ?? null;
  const pieces = isJson(files.vocabulary) ? files.vocabulary : null;
  if (files.words !== null) {
    const lines = files.words.replace(/\r?\n$/, "").split(/\r?\n/);
    const ids = new Map(lines.map((line, id) => [line, id]));
    return withNames(files, kindOf(named ?? "Bert", wordPieceKinds), (kind, names) =>
      wordPieceJson(files, kind, names, ids),
    );
  }
  if (pieces && files.merges !== null) {
    const guess = "<s>" in pieces && "</s>" in pieces ? "Roberta" : "GPT2";
    const ids = new Map(Object.entries(pieces).flatMap(([piece, id]) => (typeof id === "number" ? [[piece, id]] : [])));
    const { merges } = files;
    return withNames(files, kindOf(named ?? guess, byteLevelKinds), (kind, names) =>
      byteLevelJson(files, kind, names, ids, merges),
    );
  }
  throw new Error("no tokenizer: the model needs tokenizer.json, or vocab.txt, or vocab.json with merges.txt");
}

function kindOf(name: string, kinds: readonly Kind[]): Kind {
  const kind = kinds.find(({ classes }) => classes.includes(name));
  if (kind) return kind;
  const known = kinds.flatMap(({ classes }) => classes).join(", ");
  throw new Error(`unknown tokenizer: ${name} without tokenizer.json; known are ${known}`);
}

function withNames(files: VocabularyFiles, kind: Kind, make: (kind: Kind, names: Names) => Json) {
  const names = namesOf(files.config, kind);
  const roles = Object.fromEntries(Object.entries(names).map(([role, name]) => [`${role}_token`, name]));
  return { tokenizer: make(kind, names), config: { ...roles, ...files.config } };
}

function wordPieceJson(files: VocabularyFiles, kind: Kind, names: Names, ids: Ids): Json {
  const { config } = files;
  return {
    added_tokens: addedTokens(files, kind, names, ids),
    normalizer: {
      type: "BertNormalizer",
      clean_text: true,
      handle_chinese_chars: config.tokenize_chinese_chars !== false,
      strip_accents: config.strip_accents ?? null,
      lowercase: config.do_lower_case !== false,
    },
    pre_tokenizer: { type: "BertPreTokenizer" },
    post_processor: kind.post(config, names, ids),
    decoder: { type: "WordPiece", prefix: "##", cleanup: true },
    model: { type: "WordPiece", unk_token: names.unk, vocab: Object.fromEntries(ids) },
  };
}

function byteLevelJson(files: VocabularyFiles, kind: Kind, names: Names, ids: Ids, merges: string): Json {
  const prefix = files.config.add_prefix_space === true;
  return {
    added_tokens: addedTokens(files, kind, names, ids),
    normalizer: null,
    pre_tokenizer: { type: "ByteLevel", add_prefix_space: prefix, trim_offsets: true, use_regex: true },
    post_processor: kind.post(files.config, names, ids),
    decoder: { type: "ByteLevel" },
    model: {
      type: "BPE",
      vocab: Object.fromEntries(ids),
      merges: merges.split(/\r?\n/).filter((line) => line !== "" && !line.startsWith("#version")),
    },
  };
}

/** The tokens by role: what the configuration names, else what the class has. */
function namesOf(config: Json, kind: Kind): Names {
  const roles: readonly Role[] = ["bos", "eos", "unk", "sep", "pad", "cls", "mask"];
  return Object.fromEntries(
    roles.flatMap((role) => {
      const name = contentOf(config[`${role}_token`]) ?? kind.names[role];
      return name === undefined ? [] : [[role, name]];
    }),
  );
}

function addedTokens(files: VocabularyFiles, kind: Kind, names: Names, ids: Ids): Json[] {
  const { config, added } = files;
  const tokens = new Map<string, Json>();
  if (isJson(config.added_tokens_decoder))
    for (const token of Object.values(config.added_tokens_decoder))
      if (isJson(token) && typeof token.content === "string") tokens.set(token.content, token);
  const extra: unknown[] = Array.isArray(config.additional_special_tokens) ? config.additional_special_tokens : [];
  for (const content of [...Object.values(names), ...extra.map(contentOf)]) {
    if (content === null || tokens.has(content) || !(ids.has(content) || content in added)) continue;
    const lstrip = kind.stripMask === true && content === names.mask;
    tokens.set(content, { content, special: true, normalized: false, lstrip });
  }
  const order = Object.entries(added).sort(([, a], [, b]) => Number(a) - Number(b));
  for (const [content] of order)
    if (!tokens.has(content)) tokens.set(content, { content, special: false, normalized: true });
  const idOf = (content: string) => ids.get(content) ?? Number(added[content] ?? Number.POSITIVE_INFINITY);
  return [...tokens.values()].sort((a, b) => idOf(String(a.content)) - idOf(String(b.content)));
}

/** A template post-processor from `cls A sep B:1`: roles and the two texts, each with its type where that isn't 0. */
function template(single: string, pair: string, names: Names, ids: Ids): Json {
  const specials: Record<string, Json> = {};
  const pieces = (form: string) =>
    form.split(" ").map((part) => {
      const [what = "", type = "0"] = part.split(":");
      if (what === "A" || what === "B") return { Sequence: { id: what, type_id: Number(type) } };
      const token = Object.entries(names).find(([role]) => role === what)?.[1] ?? what;
      const id = ids.get(token);
      if (id === undefined) throw new Error(`bad tokenizer: ${token} is not in the vocabulary`);
      specials[token] = { id: token, ids: [id], tokens: [token] };
      return { SpecialToken: { id: token, type_id: Number(type) } };
    });
  return { type: "TemplateProcessing", single: pieces(single), pair: pieces(pair), special_tokens: specials };
}
