/** Takes one row of a table away; what it takes away is said to who cannot see it. */
import { Button } from 'antd';

export function RemoveButton({ label, onRemove }: { label: string; onRemove: () => void }) {
  return (
    <Button size="small" type="text" aria-label={label} onClick={onRemove}>
      ×
    </Button>
  );
}
