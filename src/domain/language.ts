/** The languages in which people are spoken to. */
export type Language = "en" | "zh";

/** The one of these that a text is written in: Chinese where a fifth of its letters are Han, and none are kana, else English. */
export function languageOfWords(text: string): Language {
  const letters = text.match(/\p{L}/gu)?.length ?? 0;
  const han = text.match(/\p{Script=Han}/gu)?.length ?? 0;
  const isJapanese = /[\p{Script=Hiragana}\p{Script=Katakana}]/u.test(text);
  return han > 0 && han * 5 >= letters && !isJapanese ? "zh" : "en";
}
