/** A container and how it is named to players: the type to serve, the extension without a dot. */
export interface Sniffed {
  readonly container: Container;
  readonly contentType: string;
  readonly extension: string;
}

export type Container =
  'aac' | 'amr' | 'amr-wb' | 'caf' | 'flac' | 'matroska' | 'mp3' | 'mp4' | '3gp' | 'ogg' | 'wav' | 'webm';

/** Every container that is told apart. */
export const TYPES = {
  aac: { container: 'aac', contentType: 'audio/aac', extension: 'aac' },
  amr: { container: 'amr', contentType: 'audio/amr', extension: 'amr' },
  amrWb: { container: 'amr-wb', contentType: 'audio/amr-wb', extension: 'awb' },
  caf: { container: 'caf', contentType: 'audio/x-caf', extension: 'caf' },
  flac: { container: 'flac', contentType: 'audio/flac', extension: 'flac' },
  matroska: { container: 'matroska', contentType: 'audio/x-matroska', extension: 'mka' },
  mp3: { container: 'mp3', contentType: 'audio/mpeg', extension: 'mp3' },
  mp4: { container: 'mp4', contentType: 'audio/mp4', extension: 'm4a' },
  threeGp: { container: '3gp', contentType: 'audio/3gpp', extension: '3gp' },
  threeG2: { container: '3gp', contentType: 'audio/3gpp2', extension: '3g2' },
  ogg: { container: 'ogg', contentType: 'audio/ogg', extension: 'ogg' },
  wav: { container: 'wav', contentType: 'audio/wav', extension: 'wav' },
  webm: { container: 'webm', contentType: 'audio/webm', extension: 'webm' },
} as const satisfies Record<string, Sniffed>;
