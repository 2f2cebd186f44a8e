export type Language = "en" | "zh";

/** The language that the agent answers in: Chinese where a fifth of the letters are Han, English for everything else. */
export function languageOf(text: string): Language {
  const letters = text.match(/\p{L}/gu)?.length ?? 0;
  const han = text.match(/\p{Script=Han}/gu)?.length ?? 0;
  return han > 0 && han * 5 >= letters ? "zh" : "en";
}
