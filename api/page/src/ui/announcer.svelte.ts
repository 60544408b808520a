/** What a screen reader is told: whole sentences, so that an answer that comes word by word is not stammered. */
class Announcer {
  said = $state("");
  #rest = "";

  say(text: string): void {
    const heard = text.replace(/\s*\[\d+\]/g, "").trim(); // a number of a source alone would drown its sentence
    if (heard !== "") this.said = heard;
  }

  /** More of a text that is still coming. */
  stream(piece: string): void {
    this.#rest += piece;
    const sentences = split(this.#rest);
    if (sentences.length < 2) return;
    this.#rest = sentences.pop()!;
    this.say(sentences.join(""));
  }

  /** The text has ended. */
  flush(): void {
    if (this.#rest.trim()) this.say(this.#rest);
    this.#rest = "";
  }
}

export const announcer = new Announcer();

export function split(text: string): string[] {
  return [...new Intl.Segmenter(undefined, { granularity: "sentence" }).segment(text)].map((part) => part.segment);
}
