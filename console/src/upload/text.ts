import type { UploadHold } from '@earshot/sdk/uploads';

/** What people read about uploads. */
export const TEXT = {
  drop: 'Drop a recording here, or',
  choose: 'Choose a file',
  queue: 'Uploads',
  pause: 'Pause',
  resume: 'Resume',
  retry: 'Try again',
  cancel: 'Cancel',
  remove: 'Remove from the list',
  queued: 'Waits for its turn',
  preparing: 'Preparing',
  verifying: 'The server is checking what arrived',
  waiting: 'Tried again',
  uploaded: 'Uploaded',
  cancelled: 'Cancelled',
  left: 'left',
} as const;

export const HOLD_NAMES: Readonly<Record<UploadHold, string>> = {
  OFFLINE: 'Waiting for the network',
  WIFI_ONLY: 'Waiting for Wi-Fi',
  PAUSED: 'Paused',
  QUEUE_PAUSED: 'All uploads are paused',
  ELSEWHERE: 'Another tab is uploading it',
};
