import { readFileSync } from 'node:fs';
import { ascii } from '../../test/support/made-up-bytes.js';
import { bufferSource } from './byte-source.js';
import { identify } from './identify.js';
import { sniff, SNIFF_BYTES } from './sniff.js';

const fixture = (name: string): Buffer =>
  readFileSync(new URL(`../../test/fixtures/${name}`, import.meta.url));
const padded = (head: Buffer, length = 4096): Buffer =>
  Buffer.concat([head, Buffer.alloc(Math.max(length - head.length, 0))]);

/** An ID3v2.4 tag with a body of `bytes` zeros. */
function id3(bytes: number): Buffer {
  const size = [21, 14, 7, 0].map((shift) => (bytes >> shift) & 0x7f);
  return Buffer.concat([ascii('ID3'), Buffer.from([4, 0, 0, ...size]), Buffer.alloc(bytes)]);
}

/** One MPEG 2 layer III frame, 32 kbit/s at 16 kHz, mono. */
function mp3Frame(): Buffer {
  return padded(Buffer.from([0xff, 0xf3, 0x48, 0xc4]), 144);
}

function randomBytes(seed: number, length: number): Buffer {
  let state = seed;
  return Buffer.from(
    Array.from({ length }, () => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return state >>> 24;
    }),
  );
}

describe('sniff: the fixtures', () => {
  it.each([
    ['call.aac', 'aac', 'audio/aac', 'aac'],
    ['call.m4a', 'mp4', 'audio/mp4', 'm4a'],
    ['call.mp3', 'mp3', 'audio/mpeg', 'mp3'],
    ['call.ogg', 'ogg', 'audio/ogg', 'ogg'],
    ['call.webm', 'webm', 'audio/webm', 'webm'],
    ['call.wav', 'wav', 'audio/wav', 'wav'],
    ['call.3gp', '3gp', 'audio/3gpp', '3gp'],
    ['call-amr.3gp', '3gp', 'audio/3gpp', '3gp'],
    ['call.amr', 'amr', 'audio/amr', 'amr'],
  ])('%s is %s', async (name, container, contentType, extension) => {
    const bytes = fixture(name);
    expect(sniff(bytes.subarray(0, SNIFF_BYTES))).toEqual({ container, contentType, extension });
    expect(sniff(bytes)).toEqual({ container, contentType, extension });
    expect(await identify(bufferSource(bytes))).toEqual({ container, contentType, extension });
  });
});

describe('sniff: by magic', () => {
  it.each<[string, Buffer, string]>([
    ['AMR-WB', ascii('#!AMR-WB\n\x04'), 'audio/amr-wb'],
    ['AMR with no frame yet', ascii('#!AMR\n'), 'audio/amr'],
    ['FLAC', padded(ascii('fLaC\x00\x00\x00\x22')), 'audio/flac'],
    ['FLAC behind ID3', Buffer.concat([id3(20), padded(ascii('fLaC'))]), 'audio/flac'],
    ['RF64', ascii('RF64\xff\xff\xff\xffWAVEds64'), 'audio/wav'],
    ['CAF', ascii('caff\x00\x01\x00\x00desc'), 'audio/x-caf'],
    ['Matroska', Buffer.from('1a45dfa38b4282886d6174726f736b61', 'hex'), 'audio/x-matroska'],
    ['3GPP2', padded(ascii('\x00\x00\x00\x14ftyp3g2a')), 'audio/3gpp2'],
    ['3GPP release 6', padded(ascii('\x00\x00\x00\x14ftyp3gp6')), 'audio/3gpp'],
    ['MP4 of a browser', padded(ascii('\x00\x00\x00\x18ftypiso5')), 'audio/mp4'],
    ['QuickTime', padded(ascii('\x00\x00\x00\x14ftypqt  ')), 'audio/mp4'],
    ['ADTS behind ID3', Buffer.concat([id3(63), fixture('call.aac').subarray(0, 2000)]), 'audio/aac'],
    [
      'ADTS behind two tags',
      Buffer.concat([id3(63), id3(9), fixture('call.aac').subarray(0, 2000)]),
      'audio/aac',
    ],
    ['two MP3 frames', Buffer.concat([mp3Frame(), mp3Frame()]), 'audio/mpeg'],
    ['an ID3 tag that fills the head', id3(SNIFF_BYTES), 'audio/mpeg'],
    [
      'an ID3 tag that leaves no room for frames',
      Buffer.concat([id3(SNIFF_BYTES - 60), mp3Frame()]),
      'audio/mpeg',
    ],
  ])('%s', (_name, head, contentType) => {
    expect(sniff(head)?.contentType).toBe(contentType);
  });

  it('takes one MP3 frame only if the file ends with it', () => {
    expect(sniff(mp3Frame(), 144)?.container).toBe('mp3');
    expect(sniff(mp3Frame(), 145)).toBeUndefined();
    expect(sniff(mp3Frame())).toBeUndefined();
  });

  it('looks at no byte behind SNIFF_BYTES', () => {
    const late = Buffer.concat([ascii('\0'), Buffer.alloc(SNIFF_BYTES), fixture('call.mp3')]);
    expect(sniff(late)).toBeUndefined();
  });
});

describe('identify', () => {
  it.each(['call.aac', 'call.mp3'])('finds %s behind a tag longer than the head', async (name) => {
    const tagged = Buffer.concat([id3(3 * SNIFF_BYTES), fixture(name)]);
    expect(await identify(bufferSource(tagged))).toEqual(sniff(fixture(name)));
  });

  it.each<[string, Buffer]>([
    ['nothing', Buffer.alloc(0)],
    ['a page', ascii('<!doctype html>'.repeat(20))],
    ['another container', fixture('call.wav')],
    ['random bytes', randomBytes(7, 5000)],
  ])('refuses %s behind a long tag', async (_name, rest) => {
    expect(await identify(bufferSource(Buffer.concat([id3(2 * SNIFF_BYTES), rest])))).toBeUndefined();
  });

  it('rejects with the reason of an abort', async () => {
    const signal = AbortSignal.abort(new Error('stop'));
    await expect(identify(bufferSource(fixture('call.mp3')), { signal })).rejects.toThrow('stop');
  });
});

describe('sniff: refused', () => {
  const mp3 = fixture('call.mp3');
  it.each<[string, Buffer]>([
    ['nothing', Buffer.alloc(0)],
    ['one byte', Buffer.from([0xff])],
    ['one sync word', Buffer.from([0xff, 0xfb])],
    ['zeros', Buffer.alloc(4096)],
    ['ones', Buffer.alloc(4096, 0xff)],
    ['an HTML page', padded(ascii('<!DOCTYPE html><html><title>Sign in</title>'))],
    ['an HTML page with a byte order mark', padded(ascii('\xef\xbb\xbf<html>'))],
    ['a JSON error', ascii('{"error":{"code":404,"message":"recording not found"}}')],
    ['an XML error', ascii('<?xml version="1.0"?><Error><Code>AccessDenied</Code></Error>')],
    ['plain text', ascii('Recording expired. '.repeat(100))],
    ['UTF-16 text', Buffer.from('\ufeffRecording expired'.repeat(40), 'utf16le')],
    ['a PDF', padded(ascii('%PDF-1.7\n%\xe2\xe3\xcf\xd3'))],
    ['a PNG', padded(Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex'))],
    ['a JPEG', padded(Buffer.from('ffd8ffe000104a46494600010100', 'hex'))],
    ['a GIF', padded(ascii('GIF89a'))],
    ['a HEIC photo', padded(ascii('\x00\x00\x00\x18ftypheic'))],
    ['an AVIF photo', padded(ascii('\x00\x00\x00\x18ftypavif'))],
    ['a WebP picture', padded(ascii('RIFF\x00\x10\x00\x00WEBPVP8 '))],
    ['an AVI film', padded(ascii('RIFF\x00\x10\x00\x00AVI LIST'))],
    ['a ZIP', padded(ascii('PK\x03\x04\x14\x00'))],
    ['a gzip', padded(Buffer.from('1f8b0800', 'hex'))],
    ['an ELF program', padded(ascii('\x7fELF\x02\x01\x01'))],
    ['a Windows program', padded(ascii('MZ\x90\x00'))],
    ['a Java class', padded(Buffer.from('cafebabe00000034', 'hex'))],
    ['an SQLite database', padded(ascii('SQLite format 3\x00'))],
    ['a script', ascii('#!/bin/sh\nexit 0\n')],
    ['AMR without its newline', ascii('#!AMR')],
    ['AMR of several channels', ascii('#!AMR_MC1.0\n\x00\x00\x00\x02')],
    ['EBML of another kind', Buffer.from('1a45dfa38a4282876f746865722d78', 'hex')],
    ['EBML with no kind', Buffer.from('1a45dfa384ec820000', 'hex')],
    ['EBML that claims 2^56 bytes', padded(Buffer.from('1a45dfa301fffffffffffffe4282', 'hex'))],
    ['an Ogg page of another version', padded(ascii('OggS\x01\x02'))],
    ['the middle of an Ogg stream', padded(ascii('OggS\x00\x00'))],
    ['a box named like ftyp, too long', padded(ascii('\x7f\x00\x00\x00ftypM4A '))],
    ['zeros in front of an MP3', Buffer.concat([Buffer.alloc(16), mp3])],
    ['garbage in front of an MP3', Buffer.concat([ascii('garbage!'), mp3])],
    ['one MP3 frame, then text', Buffer.concat([mp3Frame(), ascii('text'.repeat(200))])],
    [
      'two MP3 frames of different kinds',
      Buffer.concat([mp3Frame(), Buffer.from([0xff, 0xfb, 0x90, 0]), Buffer.alloc(500)]),
    ],
    [
      'one ADTS frame, then text',
      Buffer.concat([fixture('call.aac').subarray(0, 389), ascii('text'.repeat(200))]),
    ],
    ['an ID3 tag, then a page', Buffer.concat([id3(20), ascii('<!doctype html>'.repeat(30))])],
    ['an ID3 tag with a size of 8-bit bytes', padded(Buffer.from('494433040000ffffffff', 'hex'))],
  ])('%s', (_name, head) => {
    expect(sniff(head)).toBeUndefined();
    expect(sniff(head, head.length)).toBeUndefined();
  });

  it('an ID3 tag longer than the file', () => {
    expect(sniff(id3(256 * 1024), 200 * 1024)).toBeUndefined();
  });

  it('random bytes, even those that begin with a sync word', () => {
    for (let seed = 1; seed <= 500; seed += 1) {
      const bytes = randomBytes(seed, 4096);
      expect(sniff(bytes)).toBeUndefined();
      bytes.set(seed % 2 === 0 ? [0xff, 0xfb] : [0xff, 0xf1]);
      expect(sniff(bytes)).toBeUndefined();
    }
  });
});
