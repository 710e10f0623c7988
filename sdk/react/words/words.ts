import type { CallOutcome, CatiCallStatus, RecordingFlag, RecordingStatus } from '../../core/index.js';
import type { NoRecordingReason } from '../../core/player/index.js';
import type { UploadHold, UploadProblem } from '../../core/uploads/index.js';

/** Everything that the components say. An app gives its own, or one of `ENGLISH` and `HINDI`, to the provider. */
export interface Words {
  /** BCP 47, for dates and numbers. */
  readonly locale: string;
  readonly play: string;
  readonly pause: string;
  readonly loading: string;
  readonly back: (seconds: number) => string;
  readonly forward: (seconds: number) => string;
  readonly position: string;
  readonly positionOf: (position: string, duration: string) => string;
  readonly speed: string;
  /** The player's own message is in English. */
  readonly cannotPlay: (message: string) => string;
  readonly recordings: string;
  readonly noRecordings: string;
  readonly more: string;
  readonly retry: string;
  readonly refresh: string;
  readonly failedToLoad: string;
  readonly noRecording: Readonly<Record<NoRecordingReason, string>>;
  readonly outcome: Readonly<Record<CallOutcome, string>>;
  readonly queued: string;
  readonly preparing: string;
  readonly sending: (percent: number) => string;
  readonly verifying: string;
  readonly willRetry: string;
  readonly failed: string;
  readonly cancelled: string;
  readonly held: Readonly<Record<UploadHold, string>>;
  /** The problem's own message is in English. */
  readonly problem: (problem: UploadProblem) => string;
  readonly queue: QueueWords;
  readonly permission: PermissionWords;
  readonly cati: CatiWords;
  readonly review: ReviewWords;
}

/** The form of those who judge interviews. What may be found and decided comes from the server. */
export interface ReviewWords {
  readonly title: string;
  readonly begin: string;
  readonly release: string;
  readonly findings: string;
  readonly feedback: string;
  readonly heldBy: (name: string) => string;
  readonly decidedBy: (name: string) => string;
  readonly refused: (message: string) => string;
}

/** The screen of all uploads. */
export interface QueueWords {
  readonly title: string;
  readonly none: string;
  readonly uploaded: string;
  readonly pause: string;
  readonly resume: string;
  readonly cancel: string;
  readonly uploadNow: string;
  readonly forget: string;
  readonly pauseAll: string;
  readonly cancelAll: string;
  /** Asked before all is cancelled. */
  readonly cancelAllSure: string;
  readonly cancelAllYes: string;
  readonly cancelAllNo: string;
  readonly resumeAll: string;
  readonly wifiOnly: string;
  readonly secondsLeft: (seconds: number) => string;
}

/** What a person reads on the way to the permission to record, and the one button beside it. */
export interface PermissionPassage {
  readonly title: string;
  readonly text: string;
  readonly action: string;
}

export type PermissionWords = Readonly<
  Record<'rationale' | 'denied' | 'blocked' | 'failed', PermissionPassage>
>;

/** Interview calls, for those who judge them. */
export interface CatiWords {
  readonly title: string;
  readonly none: string;
  readonly unknown: string;
  readonly began: string;
  readonly respondent: string;
  readonly interviewer: string;
  readonly campaign: string;
  readonly duration: string;
  readonly recording: string;
  readonly expires: string;
  readonly status: Readonly<Record<CatiCallStatus, string>>;
  readonly storage: Readonly<Record<RecordingStatus, string>>;
  readonly flag: Readonly<Record<RecordingFlag, string>>;
  /** Until the provider deletes its recording; negative when that time is past. */
  readonly daysLeft: (days: number) => string;
  readonly nextTry: (date: string) => string;
}
