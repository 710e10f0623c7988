import pg from 'pg';
import type { Statement } from './statements.js';

/** A node of EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON), as far as it is looked at. */
export interface PlanNode {
  'Node Type': string;
  'Relation Name'?: string;
  'Index Name'?: string;
  'Actual Rows': number;
  'Actual Loops': number;
  'Shared Hit Blocks': number;
  'Shared Read Blocks': number;
  Plans?: PlanNode[];
}

/** What a statement really did. */
export interface Work {
  /** Blocks of the shared buffers that were read, wherever from. */
  blocks: number;
  /** Tables that were read from end to end. */
  scans: string[];
  /** Rows of the largest sort. */
  sorted: number;
  indexes: string[];
  plan: PlanNode;
}

/** PostgreSQL plans for the values five times before it compares what that cost with one plan for all values. */
const USES = 7;

interface Viewer {
  id: string;
  role: string;
}

/** Runs statements once more under EXPLAIN ANALYZE, as a viewer whose rows row-level security shows. */
export class Explainer implements AsyncDisposable {
  private constructor(private readonly client: pg.Client) {}

  static async connect(url: string): Promise<Explainer> {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    return new Explainer(client);
  }

  /** By the plan that PostgreSQL makes for these values. */
  async explain({ text, values }: Statement, viewer: Viewer): Promise<Work> {
    await this.become(viewer);
    return this.run(text, values);
  }

  /** By the plan that it keeps for a prepared statement, whatever the values; undefined where it keeps none. */
  async explainPrepared({ text, values }: Statement, viewer: Viewer): Promise<Work | undefined> {
    await this.become(viewer);
    await this.client.query(`prepare asked as ${text}`);
    try {
      const literals = await this.literals(values);
      const execute = `execute asked${literals.length > 0 ? `(${literals.join()})` : ''}`;
      for (let uses = 0; uses < USES; uses++) await this.client.query(execute);
      const { rows } = await this.client.query<{ kept: boolean }>(
        "select generic_plans > 0 as kept from pg_prepared_statements where name = 'asked'",
      );
      return rows[0]?.kept ? await this.run(execute) : undefined;
    } finally {
      await this.client.query('deallocate asked');
    }
  }

  private async become(viewer: Viewer): Promise<void> {
    await this.client.query(
      "select set_config('earshot.role', $1, false), set_config('earshot.viewer', $2, false)",
      [viewer.role, viewer.id],
    );
  }

  private async run(text: string, values: unknown[] = []): Promise<Work> {
    const { rows } = await this.client.query<{ 'QUERY PLAN': { Plan: PlanNode }[] }>(
      `explain (analyze, buffers, format json) ${text}`,
      values,
    );
    const plan = rows[0]?.['QUERY PLAN'][0]?.Plan;
    if (!plan) throw new Error(`no plan for ${text}`);
    return workOf(plan);
  }

  /** The values as SQL has them: EXECUTE takes no parameters. */
  private async literals(values: readonly unknown[]): Promise<string[]> {
    if (values.length === 0) return [];
    const quoted = values.map((_value, n) => `quote_nullable($${n + 1}::text)`);
    const { rows } = await this.client.query<{ literals: string[] }>(
      `select array[${quoted.join()}] as literals`,
      [...values],
    );
    return rows[0]?.literals ?? [];
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.client.end();
  }
}

function workOf(plan: PlanNode): Work {
  // What the planner kept in reserve and never ran is not what the statement did.
  const ran = nodesOf(plan).filter((node) => node['Actual Loops'] > 0);
  return {
    blocks: plan['Shared Hit Blocks'] + plan['Shared Read Blocks'],
    scans: ran.filter((node) => node['Node Type'] === 'Seq Scan').map((node) => node['Relation Name'] ?? ''),
    sorted: Math.max(0, ...ran.filter((node) => node['Node Type'] === 'Sort').map(inputRows)),
    indexes: ran.flatMap((node) => node['Index Name'] ?? []),
    plan,
  };
}

function nodesOf(node: PlanNode): PlanNode[] {
  return [node, ...(node.Plans ?? []).flatMap(nodesOf)];
}

function inputRows({ Plans: [input] = [] }: PlanNode): number {
  return input ? input['Actual Rows'] * input['Actual Loops'] : 0;
}
