import { Migration } from '@mikro-orm/migrations';

const ROLE = `(select current_setting('earshot.role', true))`;
const VIEWER = `(select nullif(current_setting('earshot.viewer', true), '')::uuid)`;
const REVIEWERS = `when 'SYSTEM' then true when 'ADMIN' then true when 'MANAGER' then true when 'QUALITY_AGENT' then true`;

/** Who sees a row. An interviewer sees what was decided of their own calls, and what was noted of those. */
const VISIBLE = {
  reviews: `case ${ROLE} ${REVIEWERS}
    when 'INTERVIEWER' then interviewer_id = ${VIEWER} and status in ('APPROVED', 'REJECTED') else false end`,
  recording_notes: `case ${ROLE} ${REVIEWERS}
    when 'INTERVIEWER' then exists (select from cati_calls join reviews on reviews.cati_call_id = cati_calls.id
      where cati_calls.recording_id = recording_notes.recording_id offset 0) else false end`,
  sampling_rules: `case ${ROLE} ${REVIEWERS} else false end`,
};

/** A call that is chosen by its campaign's rule, and can be listened to. */
const CHOSEN = `recordings.status = 'UPLOADED' and review_fraction(calls.id) * 100 < sampling_rules.percent`;
const COLUMNS = `cati_call_id, inserted_at, status, campaign, interviewer_id, began_at, sampled`;
const VALUES = `calls.id, now(), 'WAITING', calls.campaign, calls.interviewer_id, calls.began_at, true`;
const WITH_RULES = `join recordings on recordings.id = calls.recording_id
  join sampling_rules on sampling_rules.campaign = calls.campaign`;

/**
 * Reviews of CATI calls, notes at times of recordings, and which calls of a campaign are to be reviewed. Triggers put
 * calls into the queue, so that no path by which a recording is stored can forget it.
 */
export class Reviews extends Migration {
  override up(): void {
    this.reviews();
    this.notesAndRules();
    for (const [table, visible] of Object.entries(VISIBLE)) {
      this.addSql(`alter table ${table} enable row level security, force row level security`);
      this.addSql(`create policy ${table}_visible on ${table} using (${visible})`);
    }
    this.sampling();
  }

  private reviews(): void {
    this.addSql(`create table reviews (
      cati_call_id uuid not null,
      inserted_at timestamptz(3) not null,
      status varchar(20) not null,
      campaign varchar(200),
      interviewer_id uuid,
      began_at timestamptz(3) not null,
      sampled boolean not null,
      reviewer_id uuid,
      claimed_at timestamptz(3),
      claimed_until timestamptz(3),
      decided_at timestamptz(3),
      findings text[] not null default '{}',
      feedback varchar(5000),
      score int,
      primary key (cati_call_id)
    )`);
    this.addSql(`create index reviews_inserted_at_index on reviews (inserted_at, cati_call_id)`);
    this.addSql(
      `create index reviews_queue_index on reviews (began_at, cati_call_id) where status in ('WAITING', 'CLAIMED')`,
    );
    this.addSql(`create index reviews_campaign_index on reviews (campaign, inserted_at, cati_call_id)`);
    this.addSql(
      `create index reviews_interviewer_id_index on reviews (interviewer_id, inserted_at, cati_call_id)`,
    );
    this.addSql(`create index reviews_reviewer_id_index on reviews (reviewer_id, inserted_at, cati_call_id)`);
    this.addSql(
      `alter table reviews add constraint reviews_status_check check (status in ('WAITING', 'CLAIMED', 'APPROVED', 'REJECTED'))`,
    );
    this.addSql(
      `alter table reviews add constraint reviews_claimed_check check ((status = 'CLAIMED') = (claimed_until is not null) and (status = 'WAITING') = (reviewer_id is null))`,
    );
    this.addSql(
      `alter table reviews add constraint reviews_decided_check check ((status in ('APPROVED', 'REJECTED')) = (decided_at is not null))`,
    );
    this.addSql(`alter table reviews add constraint reviews_score_check check (score >= 0 and score <= 100)`);
    this.addSql(
      `alter table reviews add constraint reviews_cati_call_id_foreign foreign key (cati_call_id) references cati_calls (id) on update no action on delete restrict`,
    );
    for (const person of ['interviewer_id', 'reviewer_id'])
      this.addSql(
        `alter table reviews add constraint reviews_${person}_foreign foreign key (${person}) references users (id) on update no action on delete restrict`,
      );
  }

  private notesAndRules(): void {
    this.addSql(`create table recording_notes (
      id uuid not null,
      inserted_at timestamptz(3) not null,
      recording_id uuid not null,
      author_id uuid not null,
      at_ms int not null,
      text varchar(2000) not null,
      deleted_at timestamptz(3),
      deleted_by_id uuid,
      primary key (id)
    )`);
    this.addSql(
      `create index recording_notes_recording_id_index on recording_notes (recording_id, at_ms, id)`,
    );
    this.addSql(`alter table recording_notes add constraint recording_notes_at_ms_check check (at_ms >= 0)`);
    this.addSql(
      `alter table recording_notes add constraint recording_notes_recording_id_foreign foreign key (recording_id) references recordings (id) on update no action on delete restrict`,
    );
    this.addSql(`create table sampling_rules (
      id uuid not null,
      inserted_at timestamptz(3) not null,
      updated_at timestamptz(3) not null,
      campaign varchar(200) not null,
      percent real not null,
      updated_by_id uuid not null,
      primary key (id)
    )`);
    this.addSql(`alter table sampling_rules add constraint sampling_rules_campaign_unique unique (campaign)`);
    this.addSql(
      `alter table sampling_rules add constraint sampling_rules_percent_check check (percent >= '0'::real and percent <= '100'::real)`,
    );
    for (const [table, person] of [
      ['recording_notes', 'author_id'],
      ['recording_notes', 'deleted_by_id'],
      ['sampling_rules', 'updated_by_id'],
    ] as const)
      this.addSql(
        `alter table ${table} add constraint ${table}_${person}_foreign foreign key (${person}) references users (id) on update no action on delete restrict`,
      );
  }

  private sampling(): void {
    // The same call gets the same place between 0 and 1 everywhere and always: a rule that is asked again says the same.
    this.addSql(`create function review_fraction(id uuid) returns float8 language sql immutable as $$
      select ('x' || substr(md5(id::text), 1, 8))::bit(32)::bigint::float8 / 4294967296
    $$`);
    this.writesAsSystem(
      'calls_sampled',
      `insert into reviews (${COLUMNS}) select ${VALUES} from added as calls ${WITH_RULES}
       where ${CHOSEN} on conflict do nothing;`,
    );
    this.writesAsSystem(
      'call_sampled',
      `update reviews set campaign = new.campaign, interviewer_id = new.interviewer_id, began_at = new.began_at
       where reviews.cati_call_id = new.id;
       insert into reviews (${COLUMNS}) select ${VALUES} from cati_calls as calls ${WITH_RULES}
       where calls.id = new.id and ${CHOSEN} on conflict do nothing;`,
    );
    this.writesAsSystem(
      'recording_sampled',
      `if new.status = 'UPLOADED' then
         insert into reviews (${COLUMNS}) select ${VALUES} from cati_calls as calls ${WITH_RULES}
         where calls.recording_id = new.id and ${CHOSEN} on conflict do nothing;
       else
         delete from reviews using cati_calls
         where cati_calls.recording_id = new.id and reviews.cati_call_id = cati_calls.id and reviews.status = 'WAITING';
       end if;`,
    );
    this
      .addSql(`create trigger cati_calls_added_sampled after insert on cati_calls referencing new table as added
      for each statement execute function calls_sampled()`);
    this.addSql(`create trigger cati_calls_changed_sampled after update on cati_calls for each row when (
      (old.campaign, old.interviewer_id, old.began_at, old.recording_id)
      is distinct from (new.campaign, new.interviewer_id, new.began_at, new.recording_id)
    ) execute function call_sampled()`);
    this.addSql(`create trigger recordings_changed_sampled after update on recordings for each row when (
      old.status is distinct from new.status and (old.status = 'UPLOADED' or new.status = 'UPLOADED')
    ) execute function recording_sampled()`);
  }

  /** The queue is the system's, whoever brings a call into it. */
  private writesAsSystem(name: string, statements: string): void {
    this.addSql(`create function ${name}() returns trigger language plpgsql as $$
      declare caller text := coalesce(current_setting('earshot.role', true), '');
      begin
        perform set_config('earshot.role', 'SYSTEM', true);
        ${statements}
        perform set_config('earshot.role', caller, true);
        return null;
      end
    $$`);
  }
}
