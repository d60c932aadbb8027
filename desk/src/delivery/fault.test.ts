import { describe, expect, it } from 'vitest';
import { toldBy } from '../shown/told';
import { FAULTS } from './Fault';

describe('why a telling did not arrive, in Chinese', () => {
  it.each([
    [
      'NONSITE_HOOK_KEY_HOOK is missing or has fewer than 16 signs',
      '未配置 NONSITE_HOOK_KEY_HOOK，或不足 16 个字符',
    ],
    ['NONSITE_HOOK_URL_HOOK is missing', '未配置 NONSITE_HOOK_URL_HOOK'],
    ['it answered 503', '对方返回 503'],
    ['no answer within 2.5 s', '2.5 秒内没有回应'],
    ['ConnectionResetError', 'ConnectionResetError'],
  ])('%s', (told, chinese) => {
    expect(toldBy(FAULTS, told)).toBe(chinese);
  });
});
