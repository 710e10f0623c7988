import type { Storage, StoredObject } from '../storage/storage.js';
import type { StorageCounts } from './storage-counts.js';
import type { FindingAction, FindingKind } from './storage-finding.entity.js';

/** Objects, and rows, of one page. S3 lists as many at a time. */
export const PAGE = 1000;

export interface Finding {
  readonly kind: FindingKind;
  readonly action: FindingAction;
  readonly key: string;
  readonly recordingId: string | null;
  /** Bytes of the object; null where there is none. */
  readonly byteSize: number | null;
  /** Bytes that its row says; null where there is none. */
  readonly expectedBytes: number | null;
  readonly modifiedAt: Date | null;
}

/** What one part of a page found. */
export interface Found {
  readonly findings: readonly Finding[];
  readonly suspicious: boolean;
}

const SUSPICIOUS = 20;

/** So many of one page, and more than half of it, are no accident: it is another server's store, or the wrong one. */
export function isSuspicious(found: number, ofPage: number): boolean {
  return found >= SUSPICIOUS && found * 2 > ofPage;
}

/** What one bounded step of a sweep did. */
export interface SweepPage {
  /** Where the next step goes on; undefined: this phase is over. */
  readonly cursor: string | undefined;
  readonly objects?: number;
  readonly recordings?: number;
  readonly temporary?: number;
  readonly findings?: readonly Finding[];
  readonly counts?: StorageCounts;
  /** It looks like another server's store. */
  readonly suspicious?: boolean;
}

export interface ObjectPage {
  readonly objects: readonly StoredObject[];
  /** The last key that the page speaks of; undefined: it goes to the end of the prefix. */
  readonly end: string | undefined;
}

/** The next objects below a prefix, behind a key. */
export async function listPage(
  storage: Storage,
  prefix: string,
  after: string | undefined,
): Promise<ObjectPage> {
  const objects: StoredObject[] = [];
  for await (const object of storage.list(prefix, { after })) {
    objects.push(object);
    if (objects.length === PAGE) return { objects, end: object.key };
  }
  return { objects, end: undefined };
}

/** As stores order their keys: by the bytes of UTF-8. */
export function isBehind(key: string, other: string): boolean {
  return Buffer.compare(Buffer.from(key), Buffer.from(other)) > 0;
}
