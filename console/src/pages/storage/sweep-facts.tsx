import type { SweepFieldsFragment } from '../../generated/operations.js';
import { Facts } from '../../ui/facts.js';
import { formatBytes, formatNumber, formatTime } from '../../ui/format.js';
import { TEXT } from './text.js';

export function SweepFacts({ sweep }: { readonly sweep: SweepFieldsFragment }) {
  const when = formatTime(sweep.finishedAt ?? sweep.startedAt);
  return (
    <Facts
      facts={[
        [TEXT.lastSweep, sweep.dryRun ? `${when} (${TEXT.dry})` : when],
        [TEXT.orphans, `${formatNumber(sweep.orphans)} (${formatBytes(sweep.orphanBytes)})`],
        [TEXT.missing, formatNumber(sweep.missing)],
        [TEXT.mismatched, formatNumber(sweep.mismatched)],
        [TEXT.strangers, formatNumber(sweep.strangers)],
        [TEXT.collected, `${formatNumber(sweep.collected)} (${formatBytes(sweep.collectedBytes)})`],
        [TEXT.repaired, formatNumber(sweep.repaired)],
        [TEXT.looked, formatNumber(sweep.objects)],
        [TEXT.recordings, formatNumber(sweep.recordings)],
      ]}
    />
  );
}
