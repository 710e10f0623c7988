/** Somebody begins to hear a recording through this server, or is given a link to hear it past this server. */
export interface Listening {
  readonly kind: 'RECORDING_PLAYED' | 'RECORDING_LINK_ISSUED';
  readonly viewerId: string;
  readonly recordingId: string;
}

/** Keeps who listens. Answers at once and never throws: nobody waits for it. */
export interface ListeningNotes {
  note(listening: Listening): void;
}
