export const RECORDINGS_PREFIX = 'recordings/';
export const UPLOADS_PREFIX = 'uploads/';
/** What `earshot s3 check` writes, and removes again. */
export const CHECK_PREFIX = 'earshot-check/';

/** Where our own keys lie. What else is in a bucket is somebody else's, and left alone. */
export const OWN_PREFIXES = [RECORDINGS_PREFIX, UPLOADS_PREFIX, CHECK_PREFIX] as const;
