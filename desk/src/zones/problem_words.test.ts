import { describe, expect, it } from 'vitest';
import { translate } from '../i18n/language';
import { DETAILS } from '../api/detail_zh';
import { toldBy } from '../shown/told';
import { messageOf, placeOf, problemLine } from './problem_words';

const zh = translate('zh');
const KERB = 'cameras.street.views.home.zones.kerb';

describe('where a draft is wrong', () => {
  it('is told by what stands on the page', () => {
    expect(placeOf(`${KERB}.points`, zh)).toBe('区域 kerb · 顶点');
    expect(placeOf(`${KERB}.rules.SW-01.dwell_s`, zh)).toBe('区域 kerb · 阈值 SW-01 · 停留（秒）');
    expect(placeOf('cameras.street', zh)).toBe('摄像机 street');
  });
  it('counts from one, and keeps a key it has no word for', () => {
    expect(placeOf('cameras.street.views.home.ground_plane.points.0.metres', zh)).toBe(
      '地面标定 · 地面点 1 · metres',
    );
  });
});

describe('what happened', () => {
  it.each([
    ['not ticked: 清晰 完整', '还没勾选：清晰 完整'],
    ['the lease ran out, or it was never yours', '占用已到期，请重新打开'],
    ["nobody is called 'wang'", '没有这个人：wang'],
    ['something new', 'something new'],
  ])('%s reads in Chinese', (told, chinese) => {
    expect(toldBy(DETAILS, told)).toBe(chinese);
  });
});

describe('what is wrong', () => {
  it.each([
    ['is no simple polygon: Self-intersection[0.7 0.5]', '边线交叉了，请挪动顶点'],
    ['Input should be greater than 0', '要大于 0'],
    ['Input should be greater than or equal to 0', '不能小于 0'],
    ['the catalogue has no such code, see docs/rules.md', '没有这个编码，见规则手册'],
    ['point 4 does not fit the others: off by 30.0 m', '有一个点与其余矛盾，差 30.0 米'],
  ])('%s reads in Chinese', (told, chinese) => {
    expect(messageOf(told, 'zh')).toBe(chinese);
    expect(messageOf(told, 'en')).toBe(told);
  });
  it('is passed on where there are no words for it', () => {
    expect(messageOf('something new', 'zh')).toBe('something new');
  });
  it('stands on one line with its place', () => {
    const problem = { path: `${KERB}.points`, message: 'needs 3 points' };
    expect(problemLine(problem, 'zh', zh)).toBe('区域 kerb · 顶点：至少要三个顶点');
    expect(problemLine({ ...problem, path: '' }, 'en', translate('en'))).toBe('needs 3 points');
  });
});
