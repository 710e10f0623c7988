import { Progress, Stack } from '@mantine/core';
import type { Migration } from '@earshot/sdk';
import { Facts } from '../../ui/facts.js';
import { formatBytes, formatNumber, formatRate, NONE, spokenTime } from '../../ui/format.js';
import { ITEM_STATUS_NAMES } from '../../ui/names.js';
import { TEXT } from './text.js';

interface Props {
  readonly progress: Migration['progress'];
  readonly isOver: boolean;
}

export function RunProgress({ progress, isOver }: Props) {
  const { total, uploaded, skipped, deleted, failed, remaining } = progress;
  const parts = [
    ['UPLOADED', uploaded, 'green.8'],
    ['SKIPPED', skipped, 'gray.6'],
    ['DELETED', deleted, 'dark.3'],
    ['FAILED', failed, 'red.8'],
  ] as const;
  const done = total - remaining;
  return (
    <Stack gap="sm" component="section" aria-label={TEXT.progress}>
      <Progress.Root
        size="xl"
        role="progressbar"
        aria-label={TEXT.progress}
        aria-valuemin={0}
        aria-valuemax={total}
        aria-valuenow={done}
        aria-valuetext={`${formatNumber(done)} of ${formatNumber(total)}`}
      >
        {parts.map(([status, count, color]) => (
          <Progress.Section
            key={status}
            withAria={false}
            value={total === 0 ? 0 : (count / total) * 100}
            color={color}
          />
        ))}
      </Progress.Root>
      <Facts
        facts={[
          ...parts.map(([status, count]) => [ITEM_STATUS_NAMES[status], formatNumber(count)] as const),
          [TEXT.remaining, formatNumber(remaining)],
          [TEXT.total, formatNumber(total)],
          [TEXT.bytes, formatBytes(progress.bytes)],
          ...(isOver ? [] : speedOf(progress)),
        ]}
      />
    </Stack>
  );
}

function speedOf(progress: Migration['progress']): (readonly [string, string])[] {
  const { itemsPerSecond, bytesPerSecond, etaSeconds, atRisk } = progress;
  return [
    [TEXT.rate, itemsPerSecond === null ? NONE : formatRate(itemsPerSecond)],
    [TEXT.bytesRate, formatBytes(bytesPerSecond)],
    [TEXT.eta, etaSeconds === null ? NONE : spokenTime(etaSeconds)],
    [TEXT.atRisk, atRisk === null ? NONE : formatNumber(atRisk)],
  ];
}
