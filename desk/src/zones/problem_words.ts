/** What is wrong with a draft, in the reader's words: where on the page, and what to do. */
import type { Schemas } from '../api/client';
import type { Language, Translate } from '../i18n/language';
import { toldBy } from '../shown/told';
import type { Sayings } from '../shown/told';
import { wordOf } from '../shown/words';

type Problem = Pick<Schemas['ShownProblem'], 'path' | 'message'>;

/** Keys whose next part is a name somebody gave: `zones.kerb` reads "zone kerb". */
const NAMED = new Set(['cameras', 'views', 'zones', 'channels', 'inputs', 'codes', 'rules']);
/** What every page of zones says already. */
const LEFT_OUT = new Set(['cameras', 'views']);

/** `cameras.street.views.home.zones.kerb.points`: "zone kerb · corners". */
export function placeOf(path: string, t: Translate): string {
  const words: string[] = [];
  const parts = path.split('.');
  for (let at = 0; at < parts.length; at += 1) {
    const part = parts[at] ?? '';
    if (/^\d+$/.test(part)) {
      words.push(`${words.pop() ?? ''} ${String(Number(part) + 1)}`.trim());
      continue;
    }
    const name = NAMED.has(part) ? parts[at + 1] : undefined;
    if (name === undefined) words.push(keyText(part, parts[at - 1], t));
    else {
      at += 1;
      if (!LEFT_OUT.has(part) || parts.length <= at + 1)
        words.push(`${keyText(part, undefined, t)} ${name}`);
    }
  }
  return words.join(' · ');
}

function keyText(part: string, before: string | undefined, t: Translate): string {
  const isGround = before === 'ground_plane' && part === 'points';
  return wordOf('key', isGround ? 'ground_points' : part, t);
}

/** What the service says, and how that is said in Chinese; `$1` is what it names. */
const CHINESE: Sayings = [
  [/^needs 3 points$/, '至少要三个顶点'],
  [/^has (\d+) points, at most (\d+) are taken$/, '有 $1 个顶点，最多 $2 个'],
  [/^points lie between 0 and 1.*$/, '顶点要在画面以内'],
  [/^is no simple polygon: .*$/, '边线交叉了，请挪动顶点'],
  [/^encloses nothing$/, '没有围住任何地方'],
  [/^no such key.*$/, '没有这一项'],
  [/^the catalogue has no such code.*$/, '没有这个编码，见规则手册'],
  [/^the catalogue has no (\S+)$/, '没有编码 $1'],
  [/^the view has no other zone named (\S+)$/, '此预置位没有另一个名为 $1 的区域'],
  [/^a name has small letters.*$/, '名称只用小写字母、数字和下划线，以字母开头'],
  [/^a code looks like AB-01 or AB-01X$/, '编码形如 AB-01 或 AB-01X'],
  [/^is in the catalogue; change it under rules:$/, '这是已有编码，请改它的阈值'],
  [/^the rule has no such clause; it has (.*)$/, '此规则没有这个条件，它有：$1'],
  [/^no such clause; there are (.*)$/, '没有这个条件，可用：$1'],
  [/^cannot judge a .*$/, '此条件不能用在这里'],
  [/^needs either points or people$/, '地面点和站立的人，只能用一种'],
  [/^needs 4 points with their ground coordinates$/, '至少要四个有坐标的地面点'],
  [/^three of the points lie on one line$/, '有三个点在一条直线上'],
  [/^point (\d+) does not fit the others: off by ([\d.]+) m$/, '有一个点与其余矛盾，差 $2 米'],
  [/^needs 3 standing people$/, '至少要三个站立的人'],
  [/^the people stand equally far away.*$/, '几个人站得一样远，请远近都取'],
  [/^people lower in the picture must be larger$/, '画面里越靠下的人应越高大'],
  [/^expires_on is before signed_on$/, '到期日早于生效日'],
  [/^must not hold a password.*$/, '地址里不能带密码，请填登录名引用'],
  [/^must not hold a secret.*$/, '地址里不能带密钥'],
  [/^needs an address like (\S+).*$/, '地址形如 $1'],
  [/^files of the machine are named in the site file only.*$/, '服务器上的文件只能在配置文件里写'],
  [/^private networks are opened in the site file only.*$/, '内网只能在配置文件里开放'],
  [/^(\S+) lies in no network cameras may be in.*$/, '$1 不在允许接入摄像机的网段内'],
  [/^Field required$/, '必填'],
  [/^Input should be a valid number.*$/, '请填数字'],
  [/^Input should be a valid integer.*$/, '请填整数'],
  [/^Input should be a valid string$/, '请填文字'],
  [/^Input should be a valid boolean.*$/, '请选是或否'],
  [/^Input should be greater than or equal to ([\d.-]+)$/, '不能小于 $1'],
  [/^Input should be less than or equal to ([\d.-]+)$/, '不能大于 $1'],
  [/^Input should be greater than ([\d.-]+)$/, '要大于 $1'],
  [/^Input should be less than ([\d.-]+)$/, '要小于 $1'],
  [/^Input should be (.*)$/, '应为 $1'],
  [/^String should match pattern .*$/, '写法不对'],
  [/^String should have at most (\d+) characters?$/, '最多 $1 个字'],
  [/^String should have at least (\d+) characters?$/, '至少 $1 个字'],
  [/^Tuple should have at most (\d+) items?.*$/, '最多 $1 项'],
  [/^the file is nested too deeply$/, '层级太深'],
];

/** The message in Chinese where there are words for it, else as the service says it. */
export function messageOf(message: string, language: Language): string {
  return language === 'zh' ? toldBy(CHINESE, message) : message;
}

/** A problem as one line. */
export function problemLine(problem: Problem, language: Language, t: Translate): string {
  const place = problem.path === '' ? '' : placeOf(problem.path, t);
  const message = messageOf(problem.message, language);
  if (place === '') return message;
  return `${place}${language === 'zh' ? '：' : ': '}${message}`;
}
