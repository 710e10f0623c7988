/** Uses after which a statement counts as asked again and again (five, as PostgreSQL's JDBC driver has it). */
const OFTEN = 5;
/** Statements whose uses are counted; beyond that, the one that was asked longest ago is forgotten. */
const MOST_COUNTED = 200;
/** Characters of a statement that is worth keeping. */
const LONGEST = 8192;

const READS = /^(select|with)\b/i;
/** `*` stands for other columns once a table has got one more, and PostgreSQL refuses what it has prepared before. */
const STAR = /\*(?!\))/;

/** Tells which reads come so often that they should be prepared, by names that are given once and never again. */
export class RepeatedStatements {
  private readonly counted = new Map<string, { readonly name: string; uses: number }>();
  private named = 0;

  /** Counts one use. A name, when it is to be prepared. */
  nameOf(text: string): string | undefined {
    if (text.length > LONGEST) return undefined;
    const known = this.counted.get(text);
    if (!known && (!READS.test(text) || STAR.test(text))) return undefined;
    const statement = known ?? { name: `read_${(this.named += 1)}`, uses: 0 };
    statement.uses += 1;
    this.counted.delete(text);
    this.counted.set(text, statement);
    if (this.counted.size > MOST_COUNTED) this.forgetOldest();
    return statement.uses > OFTEN ? statement.name : undefined;
  }

  private forgetOldest(): void {
    const [oldest] = this.counted.keys();
    if (oldest !== undefined) this.counted.delete(oldest);
  }
}
