/** A number that opens the alerts it counts; said with its name, for whoever hears the page. */
import { Link } from 'react-router';
import { pageOf } from './figures';

interface Props {
  n: number;
  /** Address of exactly these alerts, as the API tells it. */
  rows: string;
  /** What is counted, of whom. */
  name: string;
  /** How it is written; left out: the number. */
  text?: string;
}

export function Count({ n, rows, name, text = String(n) }: Props) {
  if (n === 0) return <span className="report-number">{text}</span>;
  return (
    <Link className="report-number" to={pageOf(rows)} aria-label={`${name} ${text}`}>
      {text}
    </Link>
  );
}
