/** Times as people here read them: the bureau's own zone, whatever the browser's. */
import type { Language } from '../i18n/language';

const ZONE = 'Asia/Shanghai';

function formatter(options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  return new Intl.DateTimeFormat('zh-CN', { timeZone: ZONE, hour12: false, ...options });
}

const CLOCK = formatter({ hour: '2-digit', minute: '2-digit', second: '2-digit' });
const SHORT = formatter({ hour: '2-digit', minute: '2-digit' });
const DAY = formatter({ month: '2-digit', day: '2-digit' });
const FULL_DAY = formatter({ year: 'numeric', month: '2-digit', day: '2-digit' });

/** `14:03:09`. */
export function clock(at: string): string {
  return CLOCK.format(new Date(at));
}

/** `14:03`, with the day before it when it is not today. */
export function moment(at: string, now = new Date()): string {
  const then = new Date(at);
  const isToday = FULL_DAY.format(then) === FULL_DAY.format(now);
  return isToday ? SHORT.format(then) : `${DAY.format(then)} ${SHORT.format(then)}`;
}

/** `2026/11/23 14:03:09`. */
export function full(at: string): string {
  const then = new Date(at);
  return `${FULL_DAY.format(then)} ${CLOCK.format(then)}`;
}

/** `2026-11-23`, of the bureau. */
export function isoDay(at: string): string {
  return FULL_DAY.format(new Date(at)).replaceAll('/', '-');
}

/** `42 s`, `3 min`, `1 h 05 min`, in the reader's language. */
export function span(seconds: number, language: Language): string {
  const whole = Math.max(0, Math.round(seconds));
  const [s, min, h, d] =
    language === 'zh' ? ['秒', '分', '小时', '天'] : [' s', ' min', ' h', ' d'];
  if (whole < 60) return `${String(whole)}${s}`;
  const minutes = Math.floor(whole / 60);
  if (minutes < 10 && whole % 60 > 0) {
    return `${String(minutes)}${min}${language === 'en' ? ' ' : ''}${String(whole % 60)}${s}`;
  }
  if (minutes < 60) return `${String(minutes)}${min}`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) {
    const rest = String(minutes % 60).padStart(2, '0');
    return `${String(hours)}${h}${language === 'en' ? ' ' : ''}${rest}${min}`;
  }
  return `${String(Math.floor(hours / 24))}${d}`;
}

/** Seconds between two times; negative when `to` lies before `from`. */
export function seconds(from: string, to: string | Date): number {
  return (new Date(to).getTime() - new Date(from).getTime()) / 1000;
}
