import type { Migration } from '@earshot/sdk';
import { Facts } from '../ui/facts.js';
import { formatBytes, formatMoney, formatNumber, NONE, spokenTime } from '../ui/format.js';

const TEXT = {
  calls: 'Calls to copy',
  stored: 'Already stored',
  bytes: 'Estimated size',
  time: 'Estimated time',
  risk: 'At risk of expiry',
  cost: 'Estimated cost a month',
  hosts: 'From',
} as const;

/** What a dry run found out. */
export function RunPlan({ plan }: { readonly plan: NonNullable<Migration['plan']> }) {
  const { calls, alreadyStored, estimatedBytes, estimatedSeconds, atRisk, estimatedMonthlyCost, hosts } =
    plan;
  return (
    <Facts
      facts={[
        [TEXT.calls, formatNumber(calls)],
        [TEXT.stored, formatNumber(alreadyStored)],
        [TEXT.bytes, formatBytes(estimatedBytes)],
        [TEXT.time, estimatedSeconds === null ? NONE : spokenTime(estimatedSeconds)],
        [TEXT.risk, formatNumber(atRisk)],
        [TEXT.cost, formatMoney(estimatedMonthlyCost)],
        [TEXT.hosts, hosts.map(({ host, count }) => `${host} (${formatNumber(count)})`).join(', ') || NONE],
      ]}
    />
  );
}
