import { S3Storage } from '../../../server/storage/s3-storage.js';
import { TestBucket, testS3 } from '../../support/s3.js';
import { directTransferContract } from './direct-contract.js';
import { storageContract } from './storage-contract.js';
import type { OpenedStorage } from './stored-samples.js';

const s3 = testS3();

if (s3) {
  let bucket: TestBucket;
  beforeAll(async () => {
    bucket = await TestBucket.create(s3);
  });
  afterAll(() => bucket.remove());

  const open = (): Promise<OpenedStorage> => {
    const storage = new S3Storage(bucket.options());
    return Promise.resolve({
      storage,
      async dispose() {
        await storage[Symbol.asyncDispose]();
        // Whatever a test did, no upload may be left that is kept and paid for, but seen by nobody.
        const left = await bucket.unfinished();
        await bucket.empty();
        expect(left).toEqual([]);
      },
    });
  };

  storageContract('S3', open);
  directTransferContract('S3', open);
} else {
  describe('S3', () => {
    it('is not tried: S3_TEST_ENDPOINT is not set (.ci/ceph-rgw.sh starts a server)', () => {
      console.info('S3 storage was not tried: S3_TEST_ENDPOINT is not set');
      expect(process.env['S3_TEST_ENDPOINT'] ?? '').toBe('');
    });
  });
}
