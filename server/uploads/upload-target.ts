import { accessOf } from '../auth/policy.js';
import type { Viewer } from '../auth/viewer.js';
import type { CallLogReader } from '../calls/call-log.reader.js';
import type { CatiCallReader } from '../cati/cati-call.reader.js';
import { errors } from '../errors.js';
import type { RecordingReader } from '../recordings/recording.reader.js';

/** The call that an upload is for, as its input names it. */
export interface CallInput {
  callLogId?: string | null;
  catiCallId?: string | null;
}

export interface UploadTarget {
  callLogId: string | null;
  catiCallId: string | null;
  /** The call's current recording. */
  recordingId: string | null;
}

/** Finds the call of an upload, and checks that the viewer may upload for it and that it has no recording yet. */
export class UploadTargets {
  constructor(
    private readonly viewer: () => Viewer,
    private readonly callLogs: CallLogReader,
    private readonly catiCalls: CatiCallReader,
    private readonly recordings: RecordingReader,
  ) {}

  async find({ callLogId, catiCallId }: CallInput): Promise<UploadTarget> {
    if ((callLogId == null) === (catiCallId == null))
      throw errors.badInput('callLogId', 'Give exactly one of callLogId and catiCallId.');
    const target =
      callLogId != null ? await this.ofCallLog(callLogId) : await this.ofCatiCall(catiCallId ?? '');
    if (target.recordingId !== null) {
      const recording = await this.recordings.ofVisibleOwner.load(target.recordingId);
      if (recording?.status === 'UPLOADED')
        throw errors.conflict('This call has a recording already. Delete that one first.');
    }
    return target;
  }

  private async ofCallLog(id: string): Promise<UploadTarget> {
    if (accessOf(this.viewer(), 'callLogs.upload') === 'none') throw errors.forbidden();
    const callLog = await this.callLogs.get(id, 'callLogs.upload');
    return { callLogId: callLog.id, catiCallId: null, recordingId: callLog.recordingId };
  }

  private async ofCatiCall(id: string): Promise<UploadTarget> {
    if (accessOf(this.viewer(), 'catiCalls.upload') === 'none') throw errors.forbidden();
    const call = await this.catiCalls.get(id, 'catiCalls.upload');
    return { callLogId: null, catiCallId: call.id, recordingId: call.recordingId };
  }
}
