import type { Method, Options } from "../explain/attribution";

/**
 * The options of each method from `name=value` pairs, for one method, or `METHOD.name=value`, for any number. Numbers and
 * truth values are read as such.
 * @throws Error for a pair that isn't one, or that doesn't say which of several methods it is for
 */
export function optionsOf(pairs: readonly string[], chosen: readonly Pick<Method, "id">[]): Options[] {
  const options: Record<string, number | string | boolean>[] = chosen.map(() => ({}));
  for (const pair of pairs) {
    const at = pair.indexOf("=");
    if (at < 1) throw new Error(`bad option: ${pair}; name=value, or METHOD.name=value`);
    const key = pair.slice(0, at);
    const dot = key.indexOf(".");
    const [id, name] = dot < 0 ? [null, key] : [key.slice(0, dot), key.slice(dot + 1)];
    const known = chosen.map((m) => m.id).join(", ");
    if (id === null && chosen.length > 1)
      throw new Error(`bad option: ${pair}; of several methods say which: METHOD.${pair}, of ${known}`);
    if (id !== null && !chosen.some((m) => m.id === id))
      throw new Error(`bad option: ${pair}; ${id} isn't among the methods: ${known}`);
    chosen.forEach((method, i) => {
      if (id === null || method.id === id) options[i][name] = read(pair.slice(at + 1));
    });
  }
  return options;
}

const read = (text: string): number | string | boolean => {
  if (text === "true" || text === "false") return text === "true";
  return text.trim() !== "" && Number.isFinite(Number(text)) ? Number(text) : text;
};
