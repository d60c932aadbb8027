/** Why a telling did not arrive, in the reader's language. */
import { useLanguage } from '../i18n/language';
import { toldBy } from '../shown/told';
import type { Sayings } from '../shown/told';

export const FAULTS: Sayings = [
  [/^(\S+) is missing or has fewer than (\d+) signs$/, '未配置 $1，或不足 $2 个字符'],
  [/^(NONSITE_HOOK_URL_\S+) is missing$/, '未配置 $1'],
  [/^(NONSITE_HOOK_URL_\S+) .*$/, '$1 不是可用的地址'],
  [
    /^plain http is for the networks its channel names$/,
    '明文 http 只能用于渠道 networks 写明的网段',
  ],
  [/^no answer within (\S+) s$/, '$1 秒内没有回应'],
  [/^it cannot be connected to$/, '连不上对方'],
  [/^it answered (\d+)$/, '对方返回 $1'],
  [/^its address: .*$/, '地址解析不到，或不在允许的网段内'],
  [/^the exchange broke off.*$/, '传送中断'],
  [/^the site has no channel (\S+) any more$/, '配置里已没有渠道 $1'],
  [/^nobody opened the page$/, '无人打开页面'],
  [/^the page was not opened yet$/, '页面尚未打开'],
  [/^acknowledged before it was delivered$/, '送达前已有人知悉'],
];

export function Fault({ told }: { told: string }) {
  const { language } = useLanguage();
  return language === 'zh' ? toldBy(FAULTS, told) : told;
}
