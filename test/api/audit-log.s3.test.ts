import { graphql, tokenOf } from '../support/graphql.js';
import { testS3 } from '../support/s3.js';
import { S3App } from '../support/s3-app.js';

const s3 = testS3();

(s3 ? describe : describe.skip)('links to S3 itself', () => {
  it('are written down when they are given out: once for each viewer and recording', async () => {
    if (!s3) throw new Error('there is no S3');
    await using on = await S3App.start(s3);
    const { app, caller } = on;
    const recordings = [await caller.recorded('call.mp3'), await caller.recorded('call.ogg')];
    for (let n = 0; n < 5; n++) {
      const { text } = await graphql(app, '{ callLogs { nodes { recording { url { url } } } } }', {
        token: caller.token,
      });
      expect(text).toContain(s3.endpoint);
    }
    await app.services.listening.flush();
    const { data } = await graphql<{ auditEvents: { nodes: { recordingId: string; actor: object }[] } }>(
      app,
      '{ auditEvents(filter: { kind: [RECORDING_LINK_ISSUED] }) { nodes { recordingId actor { id } } } }',
      { token: await tokenOf(app, await app.make.user('ADMIN')) },
    );
    expect(data?.auditEvents.nodes.map(({ recordingId }) => recordingId).toSorted()).toEqual(
      recordings.map(({ recordingId }) => recordingId).toSorted(),
    );
    expect(data?.auditEvents.nodes.map(({ actor }) => actor)).toEqual(
      recordings.map(() => ({ id: caller.user.id })),
    );
    expect(JSON.stringify(await app.database.query('select * from audit_events'))).not.toContain('http');
  });
});
