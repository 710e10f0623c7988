import { GetBucketCorsCommand, PutBucketCorsCommand } from '@aws-sdk/client-s3';
import type { CORSRule } from '@aws-sdk/client-s3';
import type { S3Bucket } from './s3-bucket.js';
import { setupLifecycle } from './s3-lifecycle.js';
import { compare, orNone, type SettingReport } from './s3-settings.js';

const CORS_RULE_ID = 'earshot-clients';
/** Browsers ask again after this time. Chromium caps it at two hours. */
const PREFLIGHT_SECONDS = 3600;

export interface SetupOptions {
  /** Of the console and of web clients, such as `https://calls.example.com`. */
  origins: readonly string[];
  /** Says what would change, and changes nothing. */
  dryRun: boolean;
}

/** Sets what browsers and abandoned uploads need; may be run again at any time. @throws StorageUnavailable */
export async function setupBucket(bucket: S3Bucket, setup: SetupOptions): Promise<SettingReport[]> {
  return [await setupCors(bucket, setup), ...(await setupLifecycle(bucket, setup))];
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

export async function corsRulesOf(bucket: S3Bucket): Promise<CORSRule[]> {
  const request = new GetBucketCorsCommand({ Bucket: bucket.name });
  const answer = await orNone(bucket, 'GetBucketCors', 'NoSuchCORSConfiguration', () =>
    bucket.calls.send(request),
  );
  return answer?.CORSRules ?? [];
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
