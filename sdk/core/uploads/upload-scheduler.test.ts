import { manualNetwork, memoryStore, processLock } from '../memory-ports.js';
import { movingClock } from '../../../test/support/moving-clock.js';
import { UploadBoard } from './upload-board.js';
import { NEW_RECORD, UploadRecords } from './upload-record.js';
import { UploadScheduler } from './upload-scheduler.js';

const CALL = { target: { callLogId: 'c' }, file: { uri: 'f' }, byteSize: 100, sha256: 'h' };
const never = () => Promise.reject(new Error('not asked here'));

it.each(Array.from({ length: 12 }, (_none, index) => 1000 + index))(
  'a job whose time comes at %i begins, whenever the clock is looked at',
  async (retryAt) => {
    const clock = movingClock(1000);
    const board = new UploadBoard();
    const scheduler = new UploadScheduler(board, manualNetwork(), 1, {
      client: {
        platform: clock,
        appendChunk: never,
        cancelUpload: never,
        finalizeUpload: never,
        request: never,
        requestUpload: never,
        upload: never,
      },
      sender: never,
      files: { open: never, playable: never, remove: never },
      lock: processLock(),
      clock,
      // Nothing is kept: a job that begins finds itself forgotten, and leaves the board.
      records: new UploadRecords(memoryStore(), 'test'),
      namespace: 'test',
      isOnline: () => true,
    });
    board.put({ ...NEW_RECORD, ...CALL, id: 'j', enqueuedAt: 1, order: 1, keepsFile: false, retryAt });
    scheduler.loaded({});
    scheduler.start(() => undefined);
    scheduler.tick();
    for (const run of clock.timers.values()) run();
    await scheduler.idle('j');
    expect([...board.entries.keys()]).toEqual([]);
    await scheduler.stop();
  },
);
