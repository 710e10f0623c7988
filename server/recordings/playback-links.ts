import { errors } from '../errors.js';
import { windowedExpiry, type UrlSigner } from '../http/signed-url.js';
import type { DirectPlayback } from './direct-playback.js';
import { variantOf, VARIANTS, type Playable, type Variant } from './recording-variant.js';
import { parseStoredPath } from './stored-path.js';

export const DISPOSITIONS = ['INLINE', 'ATTACHMENT'] as const;
export type Disposition = (typeof DISPOSITIONS)[number];

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

export interface Link {
  url: string;
  /** Good to this second. */
  expiresAt: Date;
}

/**
 * Signed links to a recording's bytes. The same question within five minutes gives the same link, so that
 * players and caches know it again; it stays good for at least the time asked for.
 */
export class PlaybackLinks {
  constructor(
    private readonly signer: UrlSigner,
    private readonly publicUrl: () => string,
    /** Where listeners get what is stored from the store itself. */
    private readonly direct?: DirectPlayback,
  ) {}

  /** To the bytes of a stored recording: by the store itself, or by us. */
  toStored(recording: Playable, viewerId: string, options: LinkOptions): Link | Promise<Link> {
    const { path: stored, contentType, name } = variantOf(recording, options.variant ?? 'PLAYBACK');
    const path = stored === null ? undefined : parseStoredPath(stored);
    if (!this.direct || path?.storage !== 's3') return this.link(recording, viewerId, options);
    const disposition = options.disposition === 'ATTACHMENT' ? 'attachment' : 'inline';
    const object = {
      recordingId: recording.id,
      key: path.key,
      contentType,
      name,
      disposition,
    } as const;
    return this.direct.link(object, viewerId, secondsOf(options));
  }

  /** One of our own, for whatever there is to hear when it is followed. */
  link(recording: Playable, viewerId: string, options: LinkOptions, now = new Date()): Link {
    const seconds = secondsOf(options);
    const ticket: PlaybackTicket = {
      viewerId,
      variant: options.variant ?? 'PLAYBACK',
      disposition: options.disposition ?? 'INLINE',
    };
    const expiresAt = windowedExpiry(now, seconds);
    const { name } = variantOf(recording, ticket.variant);
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

function secondsOf({ expiresInSeconds }: LinkOptions): number {
  const seconds = expiresInSeconds ?? DEFAULT_SECONDS;
  if (seconds >= MIN_SECONDS && seconds <= MAX_SECONDS) return seconds;
  throw errors.badInput(
    'expiresInSeconds',
    `expiresInSeconds must be from ${MIN_SECONDS} to ${MAX_SECONDS}.`,
  );
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
