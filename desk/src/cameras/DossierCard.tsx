/** On which basis a camera may be used: owner, document, purposes, reviews, sign, place. */
import { Card, Tag } from 'antd';
import type { ReactNode } from 'react';
import type { Schemas } from '../api/client';
import { useLanguage } from '../i18n/language';
import type { Translate } from '../i18n/language';
import type { Camera } from '../zones/content';

export function DossierCard({ camera, shown }: { camera: Camera; shown: Schemas['ShownCamera'] }) {
  const { t } = useLanguage();
  const { dossier } = camera;
  const missing = <Tag color="warning">{t('dossier.missing')}</Tag>;
  const rows: [string, ReactNode][] = [
    [t('camera.name'), shown.id],
    [t('dossier.area'), camera.area || '–'],
    [
      t('item.plan'),
      camera.position
        ? `${camera.position.lat.toFixed(5)}, ${camera.position.lon.toFixed(5)} WGS-84`
        : missing,
    ],
    [t('dossier.feed'), Object.values(camera.feed).filter(isAddress).join(' ')],
    [
      t('page.zones'),
      Object.values(camera.views)
        .flatMap((view) => Object.keys(view.zones))
        .join('、') || '–',
    ],
  ];
  if (dossier) {
    rows.push(
      [t('dossier.owner'), dossier.owner],
      [
        t('dossier.access'),
        `${dossier.access.document}（${dossier.access.signed_on} – ${dossier.access.expires_on}）`,
      ],
      [t('dossier.purposes'), dossier.purposes.map((one) => purposeText(t, one)).join('、')],
      [t('dossier.codes'), dossier.codes?.join('、') ?? t('dossier.allcodes')],
      [t('dossier.gb'), dossier.gb_code ?? '–'],
      [
        t('dossier.legal'),
        dossier.legal_review === null
          ? missing
          : `${dossier.legal_review.document} ${dossier.legal_review.reviewed_on}`,
      ],
      [
        t('dossier.technical'),
        dossier.technical_review === null
          ? missing
          : `${dossier.technical_review.document} ${dossier.technical_review.reviewed_on}`,
      ],
      [t('dossier.sign'), dossier.sign_photo ?? missing],
      [
        t('dossier.published'),
        dossier.published === null
          ? missing
          : `${dossier.published.place} ${dossier.published.published_on}`,
      ],
    );
  }
  return (
    <Card size="small" title={t('camera.dossier')}>
      <dl className="dossier">
        {rows.map(([title, value]) => (
          <div key={title}>
            <dt>{title}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      {!dossier && <p className="warn">{t('dossier.none')}</p>}
    </Card>
  );
}

function purposeText(t: Translate, purpose: string): string {
  if (purpose === 'street_order' || purpose === 'work_safety') return t(`dossier.${purpose}`);
  return purpose;
}

function isAddress(value: unknown): value is string {
  return typeof value === 'string' && value.length > 4;
}
