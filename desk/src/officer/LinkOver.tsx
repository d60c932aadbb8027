/** What a link opened is over: how to get another, and that no step is lost by it. */
import { useQuery } from '@tanstack/react-query';
import { Button, Result } from 'antd';
import { useLanguage } from '../i18n/language';
import { count } from './outbox';

const COUNT_MS = 2_000;

interface Props {
  /** Whoever has a password logs in. */
  onPassword: () => void;
}

/** In place of a login nobody here has a password for. */
export function LinkOver({ onPassword }: Props) {
  const { t } = useLanguage();
  return (
    <main className="officer">
      <Result
        status="info"
        title={t('link.over')}
        subTitle={<NextLink onPassword={onPassword} />}
      />
    </main>
  );
}

/** How one goes on. */
export function NextLink({ onPassword }: Props) {
  const { t } = useLanguage();
  return (
    <>
      <p>{t('link.over.how')}</p>
      <KeptSteps />
      <Button size="large" onClick={onPassword}>
        {t('link.over.password')}
      </Button>
    </>
  );
}

/** What waits on this phone for the next link; nothing where nothing waits. */
export function KeptSteps() {
  const { t } = useLanguage();
  const { data } = useQuery({
    queryKey: ['outbox'],
    queryFn: count,
    networkMode: 'always',
    refetchInterval: COUNT_MS,
  });
  if (data === undefined || data === 0) return null;
  return (
    <p>
      <b>{t('link.over.kept', { count: data })}</b>
    </p>
  );
}
