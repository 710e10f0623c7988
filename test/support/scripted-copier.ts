import { setTimeout as sleep } from 'node:timers/promises';
import type { CopyOutcome, RecordingCopier } from '../../server/cati/copy-outcome.js';
import type { TestDatabase } from './database.js';

type Script = (recordingId: string, attempt: number) => CopyOutcome;

/** Stands in for the copying from a provider: what the script says comes true in the database. */
export class ScriptedCopier implements RecordingCopier {
  /** Every recording that was asked for, in order. */
  readonly asked: string[] = [];
  most = 0;
  /** Milliseconds that one copy takes. */
  takes = 0;
  /** Copies never end, but by their signal. */
  hangs = false;
  script: Script = () => ({ kind: 'uploaded', bytes: 1000 });
  /** Awaited before the run hears of an outcome. */
  afterwards: (recordingId: string) => Promise<void> = () => Promise.resolve();
  database: TestDatabase | undefined;
  private underWay = 0;
  private readonly attempts = new Map<string, number>();

  async copy(recordingId: string, { signal }: { signal: AbortSignal }): Promise<CopyOutcome> {
    this.asked.push(recordingId);
    this.most = Math.max(this.most, ++this.underWay);
    try {
      if (this.hangs) await sleep(60_000, undefined, { signal });
      if (this.takes > 0) await sleep(this.takes, undefined, { signal });
      const attempt = (this.attempts.get(recordingId) ?? 0) + 1;
      this.attempts.set(recordingId, attempt);
      const outcome = this.script(recordingId, attempt);
      await this.comeTrue(recordingId, outcome);
      await this.afterwards(recordingId);
      return outcome;
    } finally {
      this.underWay--;
    }
  }

  private async comeTrue(id: string, outcome: CopyOutcome): Promise<void> {
    if (outcome.kind === 'uploaded') {
      await this.database?.query(
        `update recordings set status = 'UPLOADED', recording_path = 'local:recordings/00/x', byte_size = $2,
          sha256 = repeat('0', 64), uploaded_at = now() where id = $1`,
        [id, outcome.bytes],
      );
    } else if (outcome.kind === 'failed') {
      await this.database?.query(
        `update recordings set status = 'FAILED', error_code = $2, error_at = now() where id = $1`,
        [id, outcome.code],
      );
    }
  }
}
