/** What an empty table says: that there is nothing, or that it could not be asked. */
import { Alert, Empty } from 'antd';
import { useProblemText } from '../api/problem';

export function NoneOr({ error, none }: { error: Error | null; none: string }) {
  const problemText = useProblemText();
  if (error) return <Alert type="error" showIcon title={problemText(error)} />;
  return <Empty description={none} />;
}
