/** Language and shade, one button each. */
import { MoonOutlined, SunOutlined } from '@ant-design/icons';
import { Button, Tooltip } from 'antd';
import { useLanguage } from '../i18n/language';
import { useShade } from '../theme';

export function Preferences() {
  const { t, language, setLanguage } = useLanguage();
  const { shade, setShade } = useShade();
  const other = shade === 'dark' ? 'light' : 'dark';
  return (
    <span className="preferences">
      <Button
        type="text"
        lang={language === 'zh' ? 'en' : 'zh-CN'}
        onClick={() => {
          setLanguage(language === 'zh' ? 'en' : 'zh');
        }}
      >
        {language === 'zh' ? 'English' : '中文'}
      </Button>
      <Tooltip title={t(other === 'dark' ? 'shade.dark' : 'shade.light')}>
        <Button
          type="text"
          aria-label={t(other === 'dark' ? 'shade.dark' : 'shade.light')}
          icon={shade === 'dark' ? <SunOutlined /> : <MoonOutlined />}
          onClick={() => {
            setShade(other);
          }}
        />
      </Tooltip>
    </span>
  );
}
