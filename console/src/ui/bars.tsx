import classes from './bars.module.css';

interface Props {
  /** What is counted, and by what: the headings of the table that a screen reader reads. */
  readonly label: string;
  readonly by: string;
  readonly count: string;
  readonly bars: readonly { readonly name: string; readonly value: number; readonly text: string }[];
}

/** A histogram that is a table: each row has its name, a bar and the figure. */
export function Bars({ label, by, count, bars }: Props) {
  const most = Math.max(1, ...bars.map(({ value }) => value));
  return (
    <table className={classes['bars']} aria-label={label}>
      <thead>
        <tr>
          <th scope="col">{by}</th>
          <th scope="col">{count}</th>
        </tr>
      </thead>
      <tbody>
        {bars.map(({ name, value, text }) => (
          <tr key={name}>
            <th scope="row">{name}</th>
            <td className={classes['figure']}>
              <div className={classes['room']}>
                <div className={classes['bar']} style={{ width: `${(value / most) * 100}%` }} />
              </div>
              {text}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
