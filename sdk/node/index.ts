/** What Node brings to the SDK. What is not named here is not public. */
export { fileStore } from './file-store.js';
export { nodeFiles } from './node-files.js';
export { nodeSender } from './node-sender.js';
export { nodeUploads } from './node-uploads.js';
export type { NodeUploadsOptions } from './node-uploads.js';
