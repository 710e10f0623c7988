import { playbackPlan } from './playback-plan.js';

it.each([
  ['mp4', 'aac', 'none'],
  ['mp4', 'amr_nb', 'transcode'],
  ['mp4', 'alac', 'transcode'],
  ['mp3', 'mp3', 'none'],
  ['ogg', 'opus', 'none'],
  ['ogg', 'speex', 'transcode'],
  ['webm', 'opus', 'none'],
  ['wav', 'pcm_s16le', 'none'],
  ['wav', 'pcm_mulaw', 'none'],
  ['wav', 'adpcm_ms', 'transcode'],
  ['flac', 'flac', 'none'],
  ['aac', 'aac', 'remux'],
  ['3gp', 'aac', 'remux'],
  ['3gp', 'amr_nb', 'transcode'],
  ['amr', 'amr_nb', 'transcode'],
  ['amr-wb', 'amr_wb', 'transcode'],
  ['caf', 'pcm_s16le', 'transcode'],
  ['matroska', 'opus', 'transcode'],
] as const)('%s with %s: %s', (container, codec, plan) => {
  expect(playbackPlan(container, codec)).toBe(plan);
});
