/** A page broke or does not exist: say so, offer the way back. */
import { Button, Result } from 'antd';
import { isRouteErrorResponse, useRouteError } from 'react-router';
import { useLanguage } from '../i18n/language';

export function BrokenPage() {
  const { t } = useLanguage();
  const error = useRouteError();
  const isMissing = isRouteErrorResponse(error) && error.status === 404;
  return (
    <main>
      <Result
        status={isMissing ? '404' : 'error'}
        title={t(isMissing ? 'page.missing' : 'page.broken')}
        subTitle={error instanceof Error ? error.message : ''}
        extra={
          <Button type="primary" href="/">
            {t('page.back')}
          </Button>
        }
      />
    </main>
  );
}
