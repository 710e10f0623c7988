/** What a parser found in the bytes. */
export interface AudioFacts {
  codec: string;
  /** Undefined where the file does not tell. */
  seconds: number | undefined;
  /** Hertz. */
  sampleRate?: number | undefined;
  channels?: number | undefined;
  truncated: boolean;
}
