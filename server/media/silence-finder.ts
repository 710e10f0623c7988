/** Milliseconds from the beginning. */
export interface SilenceSpan {
  readonly startMs: number;
  readonly endMs: number;
}

/** Spans that are told at most. Of more, the short ones are left out. */
export const MAX_SPANS = 500;
const SHORTEST_MS = 1000;
/** What is heard for less than that is a click, and no sound. */
const CLICK_MS = 200;

/** Collects frames of silence into spans of a second and more, in bounded memory. */
export class SilenceFinder {
  private spans: SilenceSpan[] = [];
  private shortestMs = SHORTEST_MS;
  private startMs: number | undefined;
  private atMs = 0;
  private soundMs = 0;

  add(silent: boolean, durationMs: number): void {
    if (silent) this.startMs ??= this.atMs;
    else {
      this.close();
      this.soundMs += durationMs;
    }
    this.atMs += durationMs;
  }

  finish(): { spans: SilenceSpan[]; silent: boolean } {
    this.close();
    return { spans: this.spans, silent: this.soundMs < Math.min(CLICK_MS, this.atMs) };
  }

  private close(): void {
    const { startMs } = this;
    this.startMs = undefined;
    if (startMs === undefined || this.atMs - startMs < this.shortestMs) return;
    this.spans.push({ startMs: Math.round(startMs), endMs: Math.round(this.atMs) });
    while (this.spans.length > MAX_SPANS) {
      this.shortestMs *= 2;
      this.spans = this.spans.filter((span) => span.endMs - span.startMs >= this.shortestMs);
    }
  }
}
