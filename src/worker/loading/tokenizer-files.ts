/** A tokenizer as the hub's `tokenizer.json` describes it, with its configuration. */
export interface TokenizerFiles {
  readonly json: unknown;
  readonly config: Record<string, unknown>;
}

type Json = Record<string, unknown>;

const special = (id: number, content: string): Json => ({
  id,
  content,
  single_word: false,
  lstrip: content === "<mask>",
  rstrip: false,
  normalized: false,
  special: true,
});

/** Token text of a configuration's entry, which is a string or an object with one. */
const textOf = (entry: unknown): string | null =>
  typeof entry === "string" ? entry : ((entry as { content?: string } | null | undefined)?.content ?? null);

const piece = (name: string, type: number): Json => ({ SpecialToken: { id: name, type_id: type } });
const sequence = (name: "A" | "B", type: number): Json => ({ Sequence: { id: name, type_id: type } });

/**
 * The `tokenizer.json` of BERT's WordPiece from its older form, `vocab.txt`: one piece a line, the line its id.
 * Lower case unless `do_lower_case` is false, as BertTokenizer does.
 */
export function fromVocabText(text: string, config: Json): Json {
  const lines = text.replace(/\r/g, "").split("\n");
  if (lines.at(-1) === "") lines.pop();
  const vocab = Object.fromEntries(lines.map((line, id) => [line, id]));
  const name = (key: string, usual: string) => textOf(config[key]) ?? usual;
  const cls = name("cls_token", "[CLS]");
  const sep = name("sep_token", "[SEP]");
  const unknown = name("unk_token", "[UNK]");
  const specials = [name("pad_token", "[PAD]"), unknown, cls, sep, name("mask_token", "[MASK]")].filter(
    (t) => t in vocab,
  );
  return {
    version: "1.0",
    truncation: null,
    padding: null,
    added_tokens: specials
      .map((token) => special(vocab[token]!, token))
      .sort((a, b) => (a.id as number) - (b.id as number)),
    normalizer: {
      type: "BertNormalizer",
      clean_text: true,
      handle_chinese_chars: config.tokenize_chinese_chars ?? true,
      strip_accents: config.strip_accents ?? null,
      lowercase: config.do_lower_case ?? true,
    },
    pre_tokenizer: { type: "BertPreTokenizer" },
    post_processor: {
      type: "TemplateProcessing",
      single: [piece(cls, 0), sequence("A", 0), piece(sep, 0)],
      pair: [piece(cls, 0), sequence("A", 0), piece(sep, 0), sequence("B", 1), piece(sep, 1)],
      special_tokens: Object.fromEntries([cls, sep].map((t) => [t, { id: t, ids: [vocab[t]], tokens: [t] }])),
    },
    decoder: { type: "WordPiece", prefix: "##", cleanup: true },
    model: {
      type: "WordPiece",
      unk_token: unknown,
      continuing_subword_prefix: "##",
      max_input_chars_per_word: 100,
      vocab,
    },
  };
}

/**
 * The `tokenizer.json` of a byte-level BPE from its older form, `vocab.json` and `merges.txt`: GPT-2's, or RoBERTa's
 * where the vocabulary has its `<s>` and `</s>`.
 */
export function fromMerges(vocab: Record<string, number>, merges: string, config: Json): Json {
  const pairs = merges.split("\n").filter((line) => line.trim() !== "" && !line.startsWith("#version"));
  const cls = textOf(config.cls_token) ?? "<s>";
  const sep = textOf(config.sep_token) ?? "</s>";
  const roberta = cls in vocab && sep in vocab;
  const usual = roberta ? ["<s>", "<pad>", "</s>", "<unk>", "<mask>"] : ["<|endoftext|>"];
  const spaced = (config.add_prefix_space as boolean | undefined) ?? false;
  return {
    version: "1.0",
    truncation: null,
    padding: null,
    added_tokens: usual
      .filter((token) => token in vocab)
      .map((token) => special(vocab[token]!, token))
      .sort((a, b) => (a.id as number) - (b.id as number)),
    normalizer: null,
    pre_tokenizer: { type: "ByteLevel", add_prefix_space: spaced, trim_offsets: true, use_regex: true },
    post_processor: roberta
      ? {
          type: "RobertaProcessing",
          sep: [sep, vocab[sep]],
          cls: [cls, vocab[cls]],
          trim_offsets: true,
          add_prefix_space: spaced,
        }
      : { type: "ByteLevel", add_prefix_space: true, trim_offsets: false, use_regex: true },
    decoder: { type: "ByteLevel", add_prefix_space: true, trim_offsets: true, use_regex: true },
    model: {
      type: "BPE",
      dropout: null,
      unk_token: null,
      continuing_subword_prefix: "",
      end_of_word_suffix: "",
      fuse_unk: false,
      byte_fallback: false,
      vocab,
      merges: pairs,
    },
  };
}
