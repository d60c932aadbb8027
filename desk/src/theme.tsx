/** Light and dark out of Ant Design's tokens; calm greys, one blue, severity alone is loud. */
import { ConfigProvider, App as AntApp, theme as antTheme } from 'antd';
import enUS from 'antd/locale/en_US';
import zhCN from 'antd/locale/zh_CN';
import dayjs from 'dayjs';
import 'dayjs/locale/zh-cn';
import { createContext, useContext, useEffect, useMemo, useState } from 'react';
import type { ReactNode } from 'react';
import { useLanguage } from './i18n/language';
import { pageNonce } from './shell/nonce';

export type Shade = 'light' | 'dark';

const STORED = 'nonsite.shade';
const FONTS =
  "system-ui, 'PingFang SC', 'Microsoft YaHei', 'Noto Sans SC', 'Noto Sans CJK SC', sans-serif";

const Context = createContext<{ shade: Shade; setShade: (shade: Shade) => void } | null>(null);

function firstShade(): Shade {
  const stored = localStorage.getItem(STORED);
  if (stored === 'light' || stored === 'dark') return stored;
  return window.matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
}

/** Every pair of text and ground here has the contrast WCAG AA asks for; a test holds that. */
function tokens(isDark: boolean) {
  return {
    colorPrimary: isDark ? '#4a9be8' : '#0b5fa5',
    colorLink: isDark ? '#6fb3f2' : '#0b5fa5',
    colorBgLayout: isDark ? '#0f1318' : '#eef1f4',
    colorBgContainer: isDark ? '#171c23' : '#ffffff',
    colorBgElevated: isDark ? '#1d232b' : '#ffffff',
    colorText: isDark ? '#e3e8ee' : '#1a222b',
    colorTextSecondary: isDark ? '#a9b4c0' : '#4a5663',
    colorTextTertiary: isDark ? '#94a0ad' : '#5a6673',
    colorTextDescription: isDark ? '#a9b4c0' : '#4a5663',
    colorTextPlaceholder: isDark ? '#8b97a4' : '#646f7b',
    colorBorder: isDark ? '#3a4450' : '#c3ccd5',
    colorBorderSecondary: isDark ? '#28303a' : '#e0e5ea',
    colorSuccess: isDark ? '#63c584' : '#1a7a3c',
    colorWarning: isDark ? '#f0b45a' : '#8a5300',
    colorError: isDark ? '#ff8a8a' : '#b3151b',
    colorSuccessBg: isDark ? '#12261a' : '#e8f5ec',
    colorWarningBg: isDark ? '#2b2110' : '#fdf4e1',
    colorErrorBg: isDark ? '#2e1618' : '#fdeeee',
    fontSizeSM: 12,
    borderRadius: 4,
    fontFamily: FONTS,
    fontSize: 14,
    // nothing slides on a desk people look at all day; a dialog that is answered is gone
    motion: false,
  };
}

/** Provides Ant Design with tokens, locale and the nonce of the page's policy. */
export function ThemeProvider({ children }: { children: ReactNode }) {
  const { language } = useLanguage();
  const [shade, choose] = useState<Shade>(firstShade);
  useEffect(() => {
    document.documentElement.dataset.shade = shade;
  }, [shade]);
  useEffect(() => {
    dayjs.locale(language === 'zh' ? 'zh-cn' : 'en');
  }, [language]);
  const shared = useMemo(
    () => ({
      shade,
      setShade: (chosen: Shade) => {
        localStorage.setItem(STORED, chosen);
        choose(chosen);
      },
    }),
    [shade],
  );
  const isDark = shade === 'dark';
  return (
    <Context value={shared}>
      <ConfigProvider
        locale={language === 'zh' ? zhCN : enUS}
        csp={{ nonce: pageNonce() }}
        button={{ autoInsertSpace: false }}
        theme={{
          algorithm: [
            isDark ? antTheme.darkAlgorithm : antTheme.defaultAlgorithm,
            antTheme.compactAlgorithm,
          ],
          token: tokens(isDark),
          // white on the light blue of the dark shade would be 3.8 : 1
          components: { Button: { primaryColor: isDark ? '#0b1118' : '#ffffff' } },
        }}
      >
        <AntApp className="app">{children}</AntApp>
      </ConfigProvider>
    </Context>
  );
}

/** The shade in force and how to change it. */
export function useShade(): { shade: Shade; setShade: (shade: Shade) => void } {
  const shared = useContext(Context);
  if (shared === null) throw new Error('useShade outside ThemeProvider');
  return shared;
}
