/** The way to a place: the phone's own maps, 高德, or the coordinates to copy without a network. */
import { Button, Typography } from 'antd';
import { useLanguage } from '../i18n/language';
import { amap, ownMap, written } from './where';
import type { Point } from './where';

export function Navigate(point: Point) {
  const { t } = useLanguage();
  return (
    <div className="navigate">
      <Button size="large" href={ownMap(point, navigator)} rel="noreferrer">
        {t('task.navigate')}
      </Button>
      <Button size="large" href={amap(point)} rel="noreferrer">
        {t('task.amap')}
      </Button>
      <Typography.Text copyable={{ text: written(point) }}>
        {t('task.point', { point: written(point) })}
      </Typography.Text>
    </div>
  );
}
