import type { EntityManager } from '@mikro-orm/postgresql';
import type { Viewer } from '../auth/viewer.js';
import { errors } from '../errors.js';
import { boundedText } from '../graphql/inputs.js';
import type { Transaction } from '../unit-of-work.js';
import { RecordingMoves } from './recording-moves.js';
import type { RecordingReader } from './recording.reader.js';
import type { RecordingType } from './recording.type.js';

/** Plans a recording again from a source of its own (an upload's bytes, a provider). False: it has none of that kind. */
export type Retrier = (em: EntityManager, recordingId: string) => Promise<boolean>;

/** What people in charge do to recordings. */
export class RecordingAdmin {
  constructor(
    private readonly viewer: () => Viewer,
    private readonly transaction: Transaction,
    private readonly reader: RecordingReader,
    /** The first one that has a source is taken. */
    private readonly retriers: readonly Retrier[],
  ) {}

  /**
   * FAILED, gone at its source, or planned for later → PENDING, tried at once. What somebody works on stays as it is, and
   * what waits for something else to come.
   */
  async retry(id: string): Promise<RecordingType> {
    const { id: recordingId } = await this.reader.get(id);
    await this.transaction(async (em) => {
      await new RecordingMoves(em).lock(recordingId);
      const { status, error } = await this.reader.get(recordingId);
      if (status === 'UPLOADED') throw errors.conflict('This recording is stored already.');
      if (error?.code === 'REMOVED')
        throw errors.conflict('This recording was deleted. A new one can be uploaded.');
      for (const retrier of this.retriers) if (await retrier(em, recordingId)) return;
      if (status === 'FAILED' || status === 'DELETED')
        throw errors.conflict('There is nothing left to try again from. Upload the recording again.');
    });
    return this.reader.get(recordingId);
  }

  /** For good: a tombstone stays, its bytes go. Called again, it changes nothing. */
  async remove(id: string, why: string): Promise<RecordingType> {
    const reason = boundedText('reason', why, 500);
    if (!reason) throw errors.badInput('reason', 'Say why it is deleted.');
    const recording = await this.reader.get(id);
    if (recording.error?.code === 'REMOVED') return recording;
    const removed = await this.transaction((em) =>
      new RecordingMoves(em).remove(recording.id, this.viewer().id, reason),
    );
    const now = await this.reader.get(recording.id);
    if (!removed && now.error?.code !== 'REMOVED')
      throw errors.conflict('This recording is on legal hold and may not be deleted.');
    return now;
  }
}
