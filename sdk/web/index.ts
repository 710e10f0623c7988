/** What browsers bring to the SDK. What is not named here is not public. */
export { webUploads } from './web-uploads.js';
export type { WebUploads, WebUploadsOptions } from './web-uploads.js';
export { webFiles } from './web-files.js';
export type { WebFiles } from './web-files.js';
export { webLock } from './web-lock.js';
export { webNetwork } from './web-network.js';
export { webStore } from './web-store.js';
export { htmlAudioEngine } from './html-audio-engine.js';
