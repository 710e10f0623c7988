import type { CORSRule, LifecycleRule } from '@aws-sdk/client-s3';
import type { S3Bucket } from './s3-bucket.js';
import { s3Code } from './s3-errors.js';

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

export function compare<Rule extends CORSRule | LifecycleRule>(
  setting: SettingReport['setting'],
  before: Rule | undefined,
  after: Rule,
): SettingReport {
  const action = before === undefined ? 'add' : comparable(before) === comparable(after) ? 'none' : 'replace';
  return { setting, action, applied: false, before, after };
}

/** Of a lifecycle rule; S3 keeps an older place for it. Undefined: something else than a prefix decides too. */
export function prefixOf({ Filter, Prefix }: LifecycleRule): string | undefined {
  const { Prefix: filtered, ...others } = Filter ?? {};
  return Object.values(others).some((value) => value !== undefined) ? undefined : (filtered ?? Prefix ?? '');
}

/** A server may give lists in another order, and a prefix in its older place. */
function comparable(rule: CORSRule | LifecycleRule): string {
  const { Filter: _, Prefix: __, ...rest } = rule as CORSRule & LifecycleRule;
  return JSON.stringify(
    Object.entries({ ...rest, prefix: prefixOf(rule as LifecycleRule) ?? 'other' })
      .filter(([, value]) => value !== undefined)
      .map(([name, value]: [string, unknown]) => [
        name,
        Array.isArray(value) ? value.map((item) => JSON.stringify(item).toLowerCase()).sort() : value,
      ])
      .sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)),
  );
}

/** A setting that a bucket may never have been given. @throws StorageUnavailable */
export async function orNone<T>(
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
