/** The languages in which people are spoken to. */
export type Language = "en" | "zh";
