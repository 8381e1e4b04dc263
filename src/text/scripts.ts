import type { AlignedText } from "./aligned-text";

/** The scripts of Unicode 9, which SentencePiece's table of scripts has. */
const names = `
  Adlam Ahom Anatolian_Hieroglyphs Arabic Armenian Avestan Balinese Bamum Bassa_Vah Batak Bengali Bhaiksuki
  Bopomofo Brahmi Braille Buginese Buhid Canadian_Aboriginal Carian Caucasian_Albanian Chakma Cham Cherokee Common
  Coptic Cuneiform Cypriot Cyrillic Deseret Devanagari Duployan Egyptian_Hieroglyphs Elbasan Ethiopic Georgian
  Glagolitic Gothic Grantha Greek Gujarati Gurmukhi Han Hangul Hanunoo Hatran Hebrew Hiragana Imperial_Aramaic
  Inherited Inscriptional_Pahlavi Inscriptional_Parthian Javanese Kaithi Kannada Katakana Kayah_Li Kharoshthi
  Khmer Khojki Khudawadi Lao Latin Lepcha Limbu Linear_A Linear_B Lisu Lycian Lydian Mahajani Malayalam Mandaic
  Manichaean Marchen Meetei_Mayek Mende_Kikakui Meroitic_Cursive Meroitic_Hieroglyphs Miao Modi Mongolian Mro
  Multani Myanmar Nabataean New_Tai_Lue Newa Nko Ogham Ol_Chiki Old_Hungarian Old_Italic Old_North_Arabian
  Old_Permic Old_Persian Old_South_Arabian Old_Turkic Oriya Osage Osmanya Pahawh_Hmong Palmyrene Pau_Cin_Hau
  Phags_Pa Phoenician Psalter_Pahlavi Rejang Runic Samaritan Saurashtra Sharada Shavian Siddham SignWriting
  Sinhala Sora_Sompeng Sundanese Syloti_Nagri Syriac Tagalog Tagbanwa Tai_Le Tai_Tham Tai_Viet Takri Tamil Tangut
  Telugu Thaana Thai Tibetan Tifinagh Tirhuta Ugaritic Vai Warang_Citi Yi
`;

let tests: readonly [string, RegExp][] | null = null;
const known = new Map<string, string | null>();

/** The script that a character counts for: kana count as Han; a space and what is unknown go with any script (null). */
function scriptOf(char: string): string | null {
  if (char === " ") return null;
  if (char === "\u30fc") return "Han";
  let script = known.get(char);
  if (script === undefined) {
    tests ??= names
      .trim()
      .split(/\s+/)
      .map((name): [string, RegExp] => [name, new RegExp(`^\\p{Script=${name}}$`, "u")]);
    script = tests.find(([, test]) => test.test(char))?.[0] ?? null;
    if (script === "Hiragana" || script === "Katakana") script = "Han";
    known.set(char, script);
  }
  return script;
}

/** Cuts where the script changes. What stands before the first character of a known script is lost, as in the reference. */
export function splitScripts(text: AlignedText): AlignedText[] {
  const cuts: number[] = [];
  let last: string | null | undefined;
  text.chars.forEach((char, i) => {
    const script = scriptOf(char);
    if (script === null) return;
    if (script !== last) cuts.push(i);
    last = script;
  });
  return cuts.map((from, i) => text.slice(from, cuts[i + 1] ?? text.chars.length));
}
