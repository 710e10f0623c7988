import type { CatiCall } from '@earshot/sdk';
import { Facts } from '../../ui/facts.js';
import { formatBytes, formatDaysLeft, formatDuration, formatTime, NONE } from '../../ui/format.js';
import { CATI_STATUS_NAMES, FLAG_NAMES } from '../../ui/names.js';
import { StorageStateBadge } from '../../ui/state-badge.js';
import { TEXT } from './text.js';

export function CatiCallFacts({ call }: { readonly call: CatiCall }) {
  const { recording } = call;
  return (
    <Facts
      facts={[
        [TEXT.started, formatTime(call.startedAt)],
        [TEXT.duration, formatDuration(call.talkSeconds)],
        [TEXT.status, CATI_STATUS_NAMES[call.status]],
        [TEXT.campaign, call.campaign ?? NONE],
        [TEXT.interviewer, call.interviewer?.name ?? NONE],
        [TEXT.from, call.fromNumber ?? NONE],
        [TEXT.to, call.toNumber ?? NONE],
        [TEXT.provider, call.provider],
        [TEXT.callId, call.callId],
        [TEXT.storage, <StorageStateBadge key="state" status={recording?.status} />],
        [TEXT.expires, formatDaysLeft(recording?.sourceExpiresAt)],
        [TEXT.flags, recording?.flags.map((flag) => FLAG_NAMES[flag]).join(', ') || TEXT.none],
        [TEXT.format, recording?.codec ?? NONE],
        [TEXT.size, formatBytes(recording?.byteSize)],
      ]}
    />
  );
}
