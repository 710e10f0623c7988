import {
  GetBucketLifecycleConfigurationCommand,
  PutBucketLifecycleConfigurationCommand,
} from '@aws-sdk/client-s3';
import type { GetBucketLifecycleConfigurationCommandOutput, LifecycleRule } from '@aws-sdk/client-s3';
import { OWN_PREFIXES } from './key-prefixes.js';
import type { S3Bucket } from './s3-bucket.js';
import { compare, orNone, prefixOf, type SettingReport } from './s3-settings.js';

/** Ours begin so. */
const RULE_ID = 'earshot-abandoned-';
/** An upload session ends 24 hours after its last byte; what began a week ago is nobody's. */
const ABANDONED_AFTER_DAYS = 7;

/** One for each prefix of ours: a rule has one, and others' uploads in the bucket are not ours to end. */
export const LIFECYCLE_RULES: readonly LifecycleRule[] = OWN_PREFIXES.map((prefix) => ({
  ID: `${RULE_ID}${prefix.replace('/', '')}`,
  Status: 'Enabled',
  Filter: { Prefix: prefix },
  AbortIncompleteMultipartUpload: { DaysAfterInitiation: ABANDONED_AFTER_DAYS },
}));

/** Whether some rule, ours or not, ends abandoned uploads wherever we begin some. */
export const hasAbandonedUploadsRule = (rules: readonly LifecycleRule[]): boolean =>
  OWN_PREFIXES.every((own) =>
    rules.some((rule) => {
      const prefix = prefixOf(rule);
      const ends = rule.Status === 'Enabled' && rule.AbortIncompleteMultipartUpload !== undefined;
      return ends && prefix !== undefined && own.startsWith(prefix);
    }),
  );

export async function lifecycleRulesOf(bucket: S3Bucket): Promise<LifecycleRule[]> {
  return (await lifecycleOf(bucket))?.Rules ?? [];
}

export async function setupLifecycle(
  bucket: S3Bucket,
  { dryRun }: { readonly dryRun: boolean },
): Promise<SettingReport[]> {
  const before = await lifecycleOf(bucket);
  const rules = before?.Rules ?? [];
  const reports = LIFECYCLE_RULES.map((rule) =>
    compare(
      'lifecycle',
      rules.find(({ ID }) => ID === rule.ID),
      rule,
    ),
  );
  if (dryRun || reports.every(({ action }) => action === 'none')) return reports;
  const others = rules.filter(({ ID }) => !ID?.startsWith(RULE_ID));
  const request = new PutBucketLifecycleConfigurationCommand({
    Bucket: bucket.name,
    LifecycleConfiguration: { Rules: [...others, ...besides(others)] },
    // S3 takes its default for what is not said again.
    ...(before?.TransitionDefaultMinimumObjectSize !== undefined && {
      TransitionDefaultMinimumObjectSize: before.TransitionDefaultMinimumObjectSize,
    }),
  });
  await bucket.ask('PutBucketLifecycle', undefined, () => bucket.calls.send(request));
  return reports.map((report) => Object.assign(report, { applied: report.action !== 'none' }));
}

/** S3 takes the older place of a prefix or the newer one, but not both in one configuration. */
function besides(others: readonly LifecycleRule[]): LifecycleRule[] {
  const areOld = others.some(({ Filter, Prefix }) => Filter === undefined && Prefix !== undefined);
  if (!areOld) return [...LIFECYCLE_RULES];
  return LIFECYCLE_RULES.map(({ Filter, ...rule }) => Object.assign(rule, { Prefix: Filter?.Prefix ?? '' }));
}

async function lifecycleOf(
  bucket: S3Bucket,
): Promise<GetBucketLifecycleConfigurationCommandOutput | undefined> {
  const request = new GetBucketLifecycleConfigurationCommand({ Bucket: bucket.name });
  return orNone(bucket, 'GetBucketLifecycle', 'NoSuchLifecycleConfiguration', () =>
    bucket.calls.send(request),
  );
}
