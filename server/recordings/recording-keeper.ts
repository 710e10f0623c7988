import { oneByOne } from '../jobs/one-by-one.js';
import type { Logger } from '../logger.js';
import { deleteBelow } from '../storage/delete-below.js';
import type { Storage } from '../storage/storage.js';
import type { Transaction } from '../unit-of-work.js';
import { RecordingMoves } from './recording-moves.js';
import { recordingPrefix } from './stored-path.js';

/** Seconds that a removed recording is one worker's to purge: longer than a turn. After a failure it is tried again then. */
const TAKEN = 300;

/** What recordings need when nobody asks for them. */
export class RecordingKeeper {
  constructor(
    private readonly transaction: Transaction,
    private readonly storage: Storage,
    private readonly logger: Logger,
  ) {}

  /** Deletes the objects of removed recordings. Objects first: a kill in between leaves rows that say where to go on. */
  purge(signal: AbortSignal): Promise<number> {
    return oneByOne(
      {
        take: () => this.transaction((em) => new RecordingMoves(em).takeRemoved(TAKEN)),
        work: async (id) => {
          await deleteBelow(this.storage, recordingPrefix(id), signal);
          await this.transaction((em) => new RecordingMoves(em).purged(id));
        },
        giveBack: (id) => this.transaction((em) => new RecordingMoves(em).giveBackRemoved(id)),
        failed: (id, error) =>
          this.logger.warn({ err: error, recordingId: id }, 'a removed recording is not purged'),
      },
      signal,
    );
  }
}
