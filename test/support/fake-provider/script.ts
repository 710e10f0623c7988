/** How one recording behaves at the fake provider. */
export type Script =
  /** `contentType: null` sends none. `length: false` sends no Content-Length. `bytesOf`: the same bytes as another call. */
  | {
      readonly kind: 'audio';
      readonly contentType?: string | null;
      readonly length?: boolean;
      readonly bytesOf?: string;
    }
  | { readonly kind: 'html' }
  /** `contentType`: declared as what it is not. */
  | {
      readonly kind: 'jsonError';
      readonly code?: number;
      readonly status?: number;
      readonly body?: unknown;
      readonly contentType?: string;
    }
  /** 206 whatever was asked, with this Content-Range, and the bytes from `first` to before `end`; chunked by `length: false`. */
  | {
      readonly kind: 'part';
      readonly contentRange: string;
      readonly first: number;
      readonly end: number;
      readonly length?: false;
    }
  /** One hop; `to` may lie anywhere. Without `to` it circles for ever. */
  | { readonly kind: 'redirect'; readonly to?: string; readonly status?: number }
  | { readonly kind: 'status'; readonly status: number; readonly retryAfter?: string }
  /** The audio in small pieces. */
  | { readonly kind: 'drip'; readonly bytes: number; readonly everyMs: number }
  /** The connection breaks after so many bytes of the audio. */
  | { readonly kind: 'earlyClose'; readonly afterBytes: number }
  /** Never answers. */
  | { readonly kind: 'hang' }
  | { readonly kind: 'empty' }
  /** So many zero bytes; `declared: false` sends no Content-Length. */
  | { readonly kind: 'huge'; readonly bytes: number; readonly declared: boolean }
  /** Answers `status` for so many requests, or so many seconds from the first; then `then`, by default the audio. */
  | {
      readonly kind: 'notReady';
      readonly status: number;
      readonly requests?: number;
      readonly seconds?: number;
      readonly then?: Exclude<Script, { kind: 'notReady' }>;
    };

/** What a request is for: a G1 recording, the G2 lookup, the G2 stream, or another provider's recording. */
export type Route = 'g1' | 'detail' | 'stream' | 'cloud' | 'twilio';

/** Which script each call follows, by route or on all of them. */
export class ScriptBook {
  readonly #scripts = new Map<string, Script>();
  /** Of calls that are not ready yet: the requests so far and when the first came. */
  readonly #waiting = new Map<string, { requests: number; at: number }>();

  constructor(
    private readonly fallback: (callId: string) => Script,
    private readonly now: () => number,
  ) {}

  set(callId: string, script: Script, route: Route | undefined): void {
    this.#scripts.set(keyOf(callId, route), script);
    this.#waiting.delete(callId);
  }

  clear(): void {
    this.#scripts.clear();
    this.#waiting.clear();
  }

  /** The script of this one request; "not ready yet" is resolved by counting it. The G2 lookup follows only its own. */
  next(callId: string, route: Route): Script {
    const own = this.#scripts.get(keyOf(callId, route));
    const general =
      route === 'detail' ? { kind: 'audio' as const } : this.#scripts.get(keyOf(callId, undefined));
    return this.#resolve(own ?? general ?? this.fallback(callId), callId);
  }

  #resolve(script: Script, callId: string): Script {
    if (script.kind !== 'notReady') return script;
    const seen = this.#waiting.get(callId) ?? { requests: 0, at: this.now() };
    this.#waiting.set(callId, { ...seen, requests: seen.requests + 1 });
    const waits =
      seen.requests < (script.requests ?? 0) || this.now() - seen.at < (script.seconds ?? 0) * 1000;
    if (waits) return { kind: 'status', status: script.status };
    return script.then ?? { kind: 'audio' };
  }
}

function keyOf(callId: string, route: Route | undefined): string {
  return `${route ?? '*'} ${callId}`;
}
