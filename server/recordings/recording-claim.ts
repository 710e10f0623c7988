import type { Logger } from '../logger.js';
import type { Transaction } from '../unit-of-work.js';
import { RecordingMoves } from './recording-moves.js';

export interface ClaimTimes {
  /** Seconds that a claim lasts. */
  lifetime: number;
  /** Seconds between renewals. */
  renewal: number;
}

/** The claim is somebody else's by now; what this attempt did does not count. */
export class ClaimLost extends Error {
  override readonly name = 'ClaimLost';
}

/** Keeps a claim alive while its work lasts. Its signal aborts when the claim is lost, or with the caller's signal. */
export class RecordingClaim implements Disposable {
  readonly signal: AbortSignal;
  private readonly lost = new AbortController();
  private readonly timer: NodeJS.Timeout;

  constructor(
    readonly recordingId: string,
    readonly attemptId: string,
    private readonly transaction: Transaction,
    private readonly times: ClaimTimes,
    private readonly logger: Logger,
    signal: AbortSignal,
  ) {
    this.signal = AbortSignal.any([signal, this.lost.signal]);
    this.timer = setInterval(() => void this.renew(), times.renewal * 1000);
  }

  [Symbol.dispose](): void {
    clearInterval(this.timer);
  }

  /** A database that does not answer is asked again at the next turn: until the claim runs out it is still ours. */
  private async renew(): Promise<void> {
    try {
      const kept = await this.transaction((em) =>
        new RecordingMoves(em).renew(this.recordingId, this.attemptId, this.times.lifetime),
      );
      if (!kept) this.lost.abort(new ClaimLost('the claim ran out'));
    } catch (error) {
      this.logger.warn({ err: error, recordingId: this.recordingId }, 'claim not renewed');
    }
  }
}
