/** Where one is, whether the desk is live, who one is. */
import { Button, Dropdown, Tag } from 'antd';
import { useSyncExternalStore } from 'react';
import { NavLink } from 'react-router';
import { isLiveNow, subscribeLive } from '../api/events';
import { useLanguage } from '../i18n/language';
import { useSession } from '../session/session';
import { PLACES } from './places';
import { Preferences } from './Preferences';

export function TopBar() {
  const { t, language } = useLanguage();
  const { me, may, logout } = useSession();
  const isLive = useSyncExternalStore(subscribeLive, isLiveNow);
  return (
    <header className="bar">
      <a className="skip" href="#page">
        {t('bar.skip')}
      </a>
      <img src="/favicon.svg" alt="" width={22} height={22} />
      <nav aria-label={t('bar.pages')}>
        {PLACES.filter((place) => place.rights.some(may)).map((place) => (
          <NavLink key={place.path} to={place.path}>
            {t(place.title)}
          </NavLink>
        ))}
      </nav>
      <span className="bar-space" />
      {!isLive && may('events.read') && <Tag color="warning">{t('bar.offline')}</Tag>}
      <Preferences />
      {me.is_local ? (
        <Tag>{t('bar.local')}</Tag>
      ) : (
        <Dropdown
          trigger={['click']}
          menu={{
            items: [
              { key: 'duty', label: <a href="/duty">{t('page.duty')}</a> },
              { key: 'out', label: t('bar.logout'), onClick: () => void logout() },
            ],
          }}
        >
          <Button type="text">
            {me.full_name || me.name}
            <span className="bar-role">
              {me.roles.map((role) => t(`role.${role}`)).join(language === 'zh' ? '、' : ', ')}
            </span>
          </Button>
        </Dropdown>
      )}
    </header>
  );
}
