import type { Migration } from '../core/index.js';
import { bytes, count, duration, table } from './format.js';

type Plan = NonNullable<Migration['plan']>;

/** What is done and what is left, without the zeros. */
export function countsText({ progress }: Migration): string {
  const { uploaded, skipped, deleted, failed, remaining } = progress;
  const parts: [number, string][] = [
    [skipped, 'skipped'],
    [deleted, 'gone'],
    [failed, 'failed'],
    [remaining, 'left'],
  ];
  const rest = parts.filter(([value]) => value > 0).map(([value, name]) => `${count(value)} ${name}`);
  return [`${count(uploaded)} copied (${bytes(progress.bytes)})`, ...rest].join(', ');
}

/** How fast it goes and how long it takes; empty when nothing moves. */
export function paceText({ progress }: Migration): string {
  const { itemsPerSecond, bytesPerSecond, etaSeconds } = progress;
  if (itemsPerSecond === null) return '';
  const rate = `${itemsPerSecond.toFixed(1)}/s, ${bytes(bytesPerSecond ?? 0)}/s`;
  return etaSeconds === null ? rate : `${rate}, ETA ${duration(etaSeconds)}`;
}

export function statusText({ status, statusReason, progress }: Migration): string {
  if (statusReason !== null) return `${status}: ${statusReason}`;
  if (status === 'ENQUEUED') return 'ENQUEUED: waits for a worker';
  return status === 'RUNNING' && progress.total === 0 ? 'RUNNING: counts the calls' : status;
}

export function planText(plan: Plan): string {
  const { estimatedBytes, estimatedSeconds, estimatedMonthlyCost: cost, hosts } = plan;
  const rows: [string, string][] = [
    ['Calls to go through', count(plan.calls)],
    ['Stored already', count(plan.alreadyStored)],
    ['Bytes, by a sample', estimatedBytes === null ? 'unknown' : bytes(estimatedBytes)],
    ['Time with one worker', estimatedSeconds === null ? 'unknown' : duration(estimatedSeconds)],
    ['Expire before their turn', count(plan.atRisk)],
    ['Storage a month', cost ? `${cost.amount.toFixed(2)} ${cost.currency}` : 'no price configured'],
    ...hosts.map(({ host, count: calls }, index): [string, string] => [
      index === 0 ? 'Where they lie' : '',
      `${host} (${count(calls)})`,
    ]),
  ];
  return `Dry run: nothing was copied.\n${table(rows)}`;
}

/** What came of a run, and what to do about it. */
export function resultText(run: Migration): string {
  const { id, status, plan, errors, startedAt, finishedAt } = run;
  if (status === 'SUCCEEDED' && plan) return planText(plan);
  const time =
    startedAt !== null && finishedAt !== null
      ? ` in ${duration((Date.parse(finishedAt) - Date.parse(startedAt)) / 1000)}`
      : '';
  const lines = [`${statusText(run).replace(/\.$/, '')}${time}. ${countsText(run)}.`];
  if (errors.length > 0) {
    lines.push(`Failed: ${errors.map(({ code, count: calls }) => `${count(calls)} ${code}`).join(', ')}.`);
  }
  if (status === 'PAUSED') lines.push(`Go on with: npx earshot resume ${id}`);
  else if (errors.length > 0) {
    lines.push(`Every call: npx earshot report ${id}`, 'Try again: npx earshot retry');
  }
  return `${lines.join('\n')}\n`;
}
