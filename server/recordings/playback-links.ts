import { errors } from '../errors.js';
import { windowedExpiry, type UrlSigner } from '../http/signed-url.js';
import { extensionOf } from './stored-path.js';

export const DISPOSITIONS = ['INLINE', 'ATTACHMENT'] as const;
export type Disposition = (typeof DISPOSITIONS)[number];

export const VARIANTS = ['PLAYBACK', 'ORIGINAL'] as const;
export type Variant = (typeof VARIANTS)[number];

const MIN_SECONDS = 60;
const MAX_SECONDS = 3600;
const DEFAULT_SECONDS = 900;

export interface LinkOptions {
  /** Seconds that the link is good for at least, 60 to 3600. */
  expiresInSeconds?: number | null;
  disposition?: Disposition | null;
  variant?: Variant | null;
}

/** What a link of ours says beside the recording. */
export interface PlaybackTicket {
  viewerId: string;
  variant: Variant;
  disposition: Disposition;
}

interface Playable {
  id: string;
  recordingPath: string | null;
}

/**
 * Our own signed links to a recording's bytes. The same question within five minutes gives the same link, so that
 * players and caches know it again; it stays good for at least the time asked for.
 */
export class PlaybackLinks {
  constructor(
    private readonly signer: UrlSigner,
    private readonly publicUrl: () => string,
  ) {}

  link(
    recording: Playable,
    viewerId: string,
    options: LinkOptions,
    now = new Date(),
  ): { url: string; expiresAt: Date } {
    const seconds = options.expiresInSeconds ?? DEFAULT_SECONDS;
    if (seconds < MIN_SECONDS || seconds > MAX_SECONDS) {
      throw errors.badInput(
        'expiresInSeconds',
        `expiresInSeconds must be from ${MIN_SECONDS} to ${MAX_SECONDS}.`,
      );
    }
    const ticket: PlaybackTicket = {
      viewerId,
      variant: options.variant ?? 'PLAYBACK',
      disposition: options.disposition ?? 'INLINE',
    };
    const expiresAt = windowedExpiry(now, seconds);
    const name = playbackName(recording);
    const signed = this.signer.query(fields(recording.id, name, ticket), expiresAt);
    const query = `${signed}&variant=${ticket.variant}&disposition=${ticket.disposition}&viewer=${viewerId}`;
    return { url: `${this.publicUrl()}/recordings/${recording.id}/${name}?${query}`, expiresAt };
  }

  /** FORBIDDEN when anything was changed, EXPIRED when it was good once. */
  verify(id: string, name: string, query: URLSearchParams): PlaybackTicket {
    const viewerId = query.get('viewer') ?? '';
    const variant = VARIANTS.find((word) => word === query.get('variant'));
    const disposition = DISPOSITIONS.find((word) => word === query.get('disposition'));
    if (!variant || !disposition) throw errors.forbidden('This link is not valid. Ask for a new one.');
    this.signer.verify(fields(id, name, { viewerId, variant, disposition }), query);
    return { viewerId, variant, disposition };
  }
}

/** Players judge by the path's end (Safari does), so the extension is the stored object's. */
export function playbackName({ id, recordingPath }: Playable): string {
  return `${id}.${recordingPath === null ? 'mp3' : extensionOf(recordingPath)}`;
}

function fields(
  recording: string,
  name: string,
  { viewerId, variant, disposition }: PlaybackTicket,
): Record<string, string> {
  return {
    purpose: 'playback',
    methods: 'GET HEAD',
    recording,
    name,
    variant,
    disposition,
    viewer: viewerId,
  };
}
