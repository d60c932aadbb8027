/** 路面：队员手机、值班手机、派人。 */
export const zhField = {
  'task.amap': '高德地图',
  'task.point': '坐标 {point}（WGS-84）',
  'task.undo': '撤销（{s} 秒）',
  'task.retry': '重试',
  'task.giveup': '放弃',
  'task.giveup.sure': '放弃后不再发送，也不留记录。确定放弃？',
  'task.rest.sent': '其余已发送',
  'task.refused.step': '未被接受：{step}，{about}（{at}）',
  'task.unreadable': '照片读不出来，请重拍',
  'task.shut': '手机存不下或禁止存储，刚才的操作没有记下。请腾出空间后重试，急事请打电话告知中心。',
  'task.others': '本机还有他人的 {count} 项未发送，待其本人登录后发出',
  'task.link.waiting': '网络不通，链接还没打开',
  'task.link.kept': '链接仍然有效，有网后自动打开',
} as const;
