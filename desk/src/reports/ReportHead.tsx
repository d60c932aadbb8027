/** The head of both report pages: which one, over how many days. */
import { Segmented } from 'antd';
import type { ReactNode } from 'react';
import { useLocation, useNavigate } from 'react-router';
import { useLanguage } from '../i18n/language';
import { SPANS_DAYS } from './figures';

const PAGES = ['/reports', '/reports/quality'] as const;

interface Props {
  days: number;
  onDays: (days: number) => void;
  children?: ReactNode;
}

export function ReportHead({ days, onDays, children }: Props) {
  const { t } = useLanguage();
  const navigate = useNavigate();
  const { pathname } = useLocation();
  return (
    <header className="page-head">
      <h1>{t('page.reports')}</h1>
      <Segmented<string>
        value={pathname}
        onChange={(page) => void navigate(page)}
        options={PAGES.map((page) => ({
          value: page,
          label: t(page === '/reports' ? 'report.figures' : 'report.quality'),
        }))}
      />
      {children}
      <Segmented
        value={days}
        onChange={onDays}
        options={SPANS_DAYS.map((one) => ({
          value: one,
          label: one === 1 ? t('report.day') : t('report.days', { days: one }),
        }))}
      />
    </header>
  );
}
