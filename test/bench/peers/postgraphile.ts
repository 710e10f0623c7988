/** PostGraphile over the tables as they are: the viewer's rows by a wrapped plan, links by an extended schema. */
import { createServer } from 'node:http';
import { PgSimplifyInflectionPreset } from '@graphile/simplify-inflection';
import pg from 'pg';
import { postgraphile } from 'postgraphile';
import { makePgService } from 'postgraphile/adaptors/pg';
import type { PgSelectStep } from 'postgraphile/@dataplan/pg';
import { context, lambda, type ConnectionStep } from 'postgraphile/grafast';
import { grafserv } from 'postgraphile/grafserv/node';
import { PostGraphileAmberPreset } from 'postgraphile/presets/amber';
import { extendSchema, gql, wrapPlans } from 'postgraphile/utils';
import { TYPES } from 'postgraphile/@dataplan/pg';
import { sql } from 'postgraphile/pg-sql2';
import { playbackLink, type Recording } from './shared/playback-link.ts';
import { ready, settings } from './shared/settings.ts';
import { authenticator, type Viewer } from './shared/viewer.ts';

declare global {
  namespace Grafast {
    interface Context {
      viewer: Viewer;
    }
  }
}

const pool = new pg.Pool({ connectionString: settings.databaseUrl, max: settings.poolSize });
const viewerOf = authenticator(pool);

/** A telecaller's own calls, of leads that are theirs. */
const OwnCalls = wrapPlans({
  Query: {
    callLogs(plan) {
      const $connection = plan() as ConnectionStep<never, never, never, never>;
      const $calls = $connection.getSubplan() as unknown as PgSelectStep;
      const viewer = $calls.placeholder(context().get('viewer').get('id'), TYPES.uuid);
      $calls.where(sql`${$calls.alias}.telecaller_id = ${viewer}`);
      $calls.where(
        sql`(select telecaller_id = ${viewer} from leads where leads.id = ${$calls.alias}.lead_id)`,
      );
      return $connection;
    },
  },
});

const SignedUrls = extendSchema({
  typeDefs: gql`
    extend type Recording {
      url(expiresInSeconds: Int! = 900): SignedUrl
    }
    type SignedUrl {
      url: String!
      expiresAt: Datetime!
    }
  `,
  objects: {
    Recording: {
      plans: {
        url($recording, { $expiresInSeconds }) {
          return lambda(
            [
              $recording.get('id'),
              $recording.get('status'),
              $recording.get('recording_path'),
              context().get('viewer').get('id'),
              $expiresInSeconds,
            ],
            ([id, status, recordingPath, viewer, seconds]) =>
              playbackLink({ id, status, recordingPath } as Recording, viewer, seconds),
            true,
          );
        },
      },
    },
  },
});

const instance = postgraphile({
  extends: [PostGraphileAmberPreset, PgSimplifyInflectionPreset],
  plugins: [OwnCalls, SignedUrls],
  pgServices: [makePgService({ pool, schemas: ['public'] })],
  grafserv: { graphqlPath: '/graphql', graphiql: false, watch: false },
  grafast: {
    explain: false,
    context: async ({ node }) => ({ viewer: await viewerOf(node?.req.headers.authorization) }),
  },
});

const server = createServer();
await instance.createServ(grafserv).addTo(server);
server.listen(settings.port, settings.host, ready);
