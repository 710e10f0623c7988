import { Migration } from '@mikro-orm/migrations';

/** What players need beside a recording: a copy that plays everywhere, peaks, silences, loudness. */
export class Media extends Migration {
  override up(): void {
    this.addSql(`alter table recordings add column playback_path varchar(500)`);
    this.addSql(`alter table recordings add column playback_byte_size bigint`);
    this.addSql(`alter table recordings add column peaks_path varchar(500)`);
    this.addSql(`alter table recordings add column silences int[]`);
    this.addSql(`alter table recordings add column loudness real`);
    this.addSql(`alter table recordings add column media_due_at timestamptz(3)`);
    this.addSql(`alter table recordings add column media_made_at timestamptz(3)`);
    this.addSql(`alter table recordings add column media_tries int not null default 0`);
    this.addSql(`alter table recordings add column media_error varchar(200)`);
    this.addSql(
      `alter table recordings add constraint recordings_playback_check check ((playback_path is null) = (playback_byte_size is null))`,
    );
    // What was stored before is made up for, little by little.
    this.addSql(`update recordings set media_due_at = now() where status = 'UPLOADED'`);
    this.addSql(
      `create index recordings_media_due_at_index on recordings (media_due_at) where media_due_at is not null`,
    );
    this.addSql(
      `create index recordings_undecoded_index on recordings (media_made_at) where media_made_at is not null and peaks_path is null and media_tries < 3`,
    );
    this.addSql(`create trigger recordings_media_made after update on recordings for each row when (
      new.media_made_at is not null and new.media_made_at is distinct from old.media_made_at
    ) execute function recording_changed()`);
  }
}
