import { join, resolve, sep } from 'node:path';

const MAX_KEY_CHARACTERS = 500;
/** S3 takes keys of at most 1,024 bytes of UTF-8. */
const MAX_KEY_BYTES = 1024;
/** A file name on ext4, XFS and APFS. */
const MAX_SEGMENT_BYTES = 255;

/** Controls, line and paragraph separators, and the invisible marks that make a name read as another. */
const FORBIDDEN_CHARACTERS = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;

/** What a store's key may not be, or undefined for a good one. The rules are those of the narrowest store. */
function keyProblem(key: string): string | undefined {
  if (key.length === 0) return 'is empty';
  if (key.length > MAX_KEY_CHARACTERS || Buffer.byteLength(key) > MAX_KEY_BYTES) return 'is too long';
  // A lone surrogate has no UTF-8: several keys would become one file name.
  if (!key.isWellFormed()) return 'is not well-formed Unicode';
  // Some file systems store composed and decomposed forms under one name.
  if (key.normalize('NFC') !== key) return 'is not in Unicode normal form C';
  if (FORBIDDEN_CHARACTERS.test(key)) return 'has a control or invisible character';
  if (key.includes('\\')) return 'has a backslash';
  if (key.startsWith('.')) return 'begins with a dot, which the store keeps for itself';
  return key.split('/').map(segmentProblem).find(Boolean);
}

function segmentProblem(segment: string): string | undefined {
  if (segment === '') return 'has an empty segment';
  if (Buffer.byteLength(segment) > MAX_SEGMENT_BYTES) return 'has a segment that is too long';
  if (/^[a-z]:/i.test(segment)) return 'has a drive letter';
  if (/[. ]$/.test(segment)) return 'has a segment that ends in a dot or a space';
  // Full-width and other compatibility forms that a later step might fold into dots and slashes.
  const folded = segment.normalize('NFKC');
  if (/^\.+$/.test(folded) || /[/\\]/.test(folded)) return 'has a disguised dot segment or slash';
  return undefined;
}

/** Throws for a key that a store must never see: keys are made by the server, so that is a defect of the caller. */
export function assertKey(key: string): void {
  const problem = keyProblem(key);
  if (problem !== undefined) throw new Error(`storage key ${JSON.stringify(key.slice(0, 80))} ${problem}`);
}

/** The start of a key: anything that a good key can begin with, also nothing at all. */
export function assertKeyPrefix(prefix: string): void {
  if (prefix === '') return;
  const lastSlash = prefix.lastIndexOf('/');
  if (lastSlash === 0) throw new Error('storage key prefix begins with a slash');
  assertKey(`${prefix.slice(0, lastSlash + 1)}x`);
  if (!prefix.includes('/') && prefix.startsWith('.'))
    throw new Error('storage key prefix begins with a dot');
}

/** Where an object lies below `root`. Throws rather than name anything that is not below it. */
export function safePath(root: string, key: string): string {
  assertKey(key);
  const base = resolve(root);
  const path = join(base, key);
  if (!path.startsWith(base.endsWith(sep) ? base : base + sep))
    throw new Error('storage key leaves its root');
  return path;
}
