import {
  GetBucketCorsCommand,
  GetBucketLifecycleConfigurationCommand,
  PutBucketCorsCommand,
  PutBucketLifecycleConfigurationCommand,
} from '@aws-sdk/client-s3';
import type { CORSRule, LifecycleRule } from '@aws-sdk/client-s3';
import type { S3Bucket } from './s3-bucket.js';
import { s3Code } from './s3-errors.js';

const CORS_RULE_ID = 'earshot-clients';
const LIFECYCLE_RULE_ID = 'earshot-abandoned-uploads';
/** An upload session ends 24 hours after its last byte; what is a week old is nobody's. */
const ABANDONED_AFTER_DAYS = 7;
/** Browsers ask again after this time. Chromium caps it at two hours. */
const PREFLIGHT_SECONDS = 3600;

export interface SetupOptions {
  /** Of the console and of web clients, such as `https://calls.example.com`. */
  origins: readonly string[];
  /** Says what would change, and changes nothing. */
  dryRun: boolean;
}

export interface SettingReport {
  setting: 'cors' | 'lifecycle';
  /** Other rules of the bucket stay as they are. */
  action: 'none' | 'add' | 'replace';
  /** False in a dry run, and where there was nothing to do. */
  applied: boolean;
  /** Our rule as it stands, and as it shall stand. */
  before: CORSRule | LifecycleRule | undefined;
  after: CORSRule | LifecycleRule;
}

/** Sets what browsers and abandoned uploads need; may be run again at any time. @throws StorageUnavailable */
export async function setupBucket(bucket: S3Bucket, setup: SetupOptions): Promise<SettingReport[]> {
  return [await setupCors(bucket, setup), await setupLifecycle(bucket, setup)];
}

/** What a browser must be allowed so that it can play, seek, and upload with signed links. */
export function corsRule(origins: readonly string[]): CORSRule {
  return {
    ID: CORS_RULE_ID,
    AllowedOrigins: [...origins],
    AllowedMethods: ['GET', 'HEAD', 'PUT'],
    AllowedHeaders: ['content-type', 'if-none-match', 'range', 'x-amz-*'],
    ExposeHeaders: ['ETag', 'Content-Range', 'Accept-Ranges', 'Content-Length'],
    MaxAgeSeconds: PREFLIGHT_SECONDS,
  };
}

export const LIFECYCLE_RULE: LifecycleRule = {
  ID: LIFECYCLE_RULE_ID,
  Status: 'Enabled',
  Filter: { Prefix: '' },
  AbortIncompleteMultipartUpload: { DaysAfterInitiation: ABANDONED_AFTER_DAYS },
};

/** Whether some rule, ours or not, aborts uploads anywhere in the bucket. */
export const hasAbandonedUploadsRule = (rules: readonly LifecycleRule[]): boolean =>
  rules.some(
    ({ Status, Prefix, Filter, AbortIncompleteMultipartUpload }) =>
      Status === 'Enabled' &&
      AbortIncompleteMultipartUpload !== undefined &&
      !Prefix &&
      !Filter?.Prefix &&
      !Filter?.And,
  );

export async function corsRulesOf(bucket: S3Bucket): Promise<CORSRule[]> {
  const request = new GetBucketCorsCommand({ Bucket: bucket.name });
  const answer = await orNone(bucket, 'GetBucketCors', 'NoSuchCORSConfiguration', () =>
    bucket.calls.send(request),
  );
  return answer?.CORSRules ?? [];
}

export async function lifecycleRulesOf(bucket: S3Bucket): Promise<LifecycleRule[]> {
  const request = new GetBucketLifecycleConfigurationCommand({ Bucket: bucket.name });
  const answer = await orNone(bucket, 'GetBucketLifecycle', 'NoSuchLifecycleConfiguration', () =>
    bucket.calls.send(request),
  );
  return answer?.Rules ?? [];
}

async function setupCors(bucket: S3Bucket, { origins, dryRun }: SetupOptions): Promise<SettingReport> {
  const rules = await corsRulesOf(bucket);
  const report = compare(
    'cors',
    rules.find(({ ID }) => ID === CORS_RULE_ID),
    corsRule(origins),
  );
  if (dryRun || report.action === 'none') return report;
  const CORSRules = [...rules.filter(({ ID }) => ID !== CORS_RULE_ID), corsRule(origins)];
  const request = new PutBucketCorsCommand({ Bucket: bucket.name, CORSConfiguration: { CORSRules } });
  await bucket.ask('PutBucketCors', undefined, () => bucket.calls.send(request));
  return { ...report, applied: true };
}

async function setupLifecycle(bucket: S3Bucket, { dryRun }: SetupOptions): Promise<SettingReport> {
  const rules = await lifecycleRulesOf(bucket);
  const report = compare(
    'lifecycle',
    rules.find(({ ID }) => ID === LIFECYCLE_RULE_ID),
    LIFECYCLE_RULE,
  );
  if (dryRun || report.action === 'none') return report;
  const Rules = [...rules.filter(({ ID }) => ID !== LIFECYCLE_RULE_ID), LIFECYCLE_RULE];
  const request = new PutBucketLifecycleConfigurationCommand({
    Bucket: bucket.name,
    LifecycleConfiguration: { Rules },
  });
  await bucket.ask('PutBucketLifecycle', undefined, () => bucket.calls.send(request));
  return { ...report, applied: true };
}

function compare<Rule extends CORSRule | LifecycleRule>(
  setting: SettingReport['setting'],
  before: Rule | undefined,
  after: Rule,
): SettingReport {
  const action = before === undefined ? 'add' : comparable(before) === comparable(after) ? 'none' : 'replace';
  return { setting, action, applied: false, before, after };
}

/** A server may give lists in another order, and an empty prefix in its older place. */
function comparable(rule: CORSRule | LifecycleRule): string {
  const { Filter: _, Prefix: __, ...rest } = rule as CORSRule & LifecycleRule;
  return JSON.stringify(
    Object.entries(rest)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]: [string, unknown]) => [
        name,
        Array.isArray(value) ? value.map((item) => JSON.stringify(item).toLowerCase()).sort() : value,
      ])
      .sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)),
  );
}

async function orNone<T>(
  bucket: S3Bucket,
  operation: string,
  noneCode: string,
  request: () => Promise<T>,
): Promise<T | undefined> {
  try {
    return await request();
  } catch (error) {
    if (s3Code(error) === noneCode) return undefined;
    throw bucket.fault(error, operation);
  }
}
