import { StartupError } from '../startup-error.js';
import { parseEncryption } from './s3-options.js';

describe('parseEncryption', () => {
  it.each([
    ['AES256', { ServerSideEncryption: 'AES256' }],
    ['aws:kms', { ServerSideEncryption: 'aws:kms' }],
    ['aws:kms:dsse', { ServerSideEncryption: 'aws:kms:dsse' }],
    ['aws:kms:1234-5', { ServerSideEncryption: 'aws:kms', SSEKMSKeyId: '1234-5' }],
    ['aws:kms:alias/earshot', { ServerSideEncryption: 'aws:kms', SSEKMSKeyId: 'alias/earshot' }],
    [
      'aws:kms:dsse:arn:aws:kms:x:1:key/2',
      { ServerSideEncryption: 'aws:kms:dsse', SSEKMSKeyId: 'arn:aws:kms:x:1:key/2' },
    ],
  ])('%s', (text, expected) => {
    expect(parseEncryption(text)).toEqual(expected);
  });

  it.each(['', 'aes256', 'aws:kms:', 'aws:kms:a b', 'AES256 ', 'none'])('refuses %j', (text) => {
    expect(() => parseEncryption(text)).toThrow(StartupError);
  });
});
