/** The street: the officer's phone, the duty phone, whom to send; people. */
import type { zhField } from './zh_field';

export const enField: Readonly<Record<keyof typeof zhField, string>> = {
  'task.amap': 'Amap',
  'task.point': 'at {point} (WGS-84)',
  'task.undo': 'Undo ({s} s)',
  'task.retry': 'Try again',
  'task.giveup': 'Give up',
  'task.giveup.sure': 'It will not be sent and leaves no trace. Give it up?',
  'task.rest.sent': 'all else sent',
  'task.refused.step': 'Not taken: {step}, {about} ({at})',
  'task.unreadable': 'The photo cannot be read: take it again',
  'task.shut':
    'The phone has no room or keeps nothing: what you just did is not noted. Make room and try again; in a hurry, call the centre.',
  'task.others': '{count} steps of other people wait on this phone until they log in',
  'task.link.waiting': 'No network: the link is not open yet',
  'task.link.kept': 'The link stays good and opens by itself once there is a network',
  'link.over': 'The login by link is over',
  'link.over.how':
    'Within a day of its coming, open the same link again; where it opens no more, call the centre (the desk) for a new one.',
  'link.over.kept':
    '{count} steps not sent yet are kept on this phone: do nothing twice, they go out with the new link.',
  'link.over.password': 'I have a name and a password',
  'alarm.deaf':
    'Alarms cannot be heard: no answer of the service since {at}. Check the network, have somebody else watch.',
  'alarm.over': 'Alarms cannot be heard: the session is over, log in again',
  'alarm.hush': 'Mute',
  'alarm.silence': 'Silence (unnamed)',
  'alarm.unnamed':
    'Nobody has a name here yet: silencing is on record as “unnamed, at this machine” and is no person’s verdict. Add people first: nonsite users add',
  'alarm.muted': 'The browser blocks sound: an alarm would not be heard',
  'alarm.unmute': 'Turn the sound on',
  'shift.silent':
    'The last siren test did not sound here: test again; it can be signed once it has sounded.',
  'duty.sleeps':
    'The phone will lock its screen and not ring then: turn automatic locking off and keep this page open.',
  'task.officer': 'Whom to send',
  'task.anybody': 'whoever is near (first to take it)',
  'task.note': 'What to do',
  'task.send.handle': 'Send to handle',
  'task.send.check': 'Send to check',
  'task.assign': 'Assign',
  'task.reassign': 'Send another',
  'task.cancel': 'Cancel the task',
  'task.cancel.sure': 'The officer will not see it any more',
  'people.change': 'Change',
  'people.change.who': 'Change {who}',
  'people.change.hint': 'They must log in again afterwards',
  'people.scope': 'Sees',
  'people.scope.all': 'all',
  'people.scope.hint': 'neither areas nor cameras: all',
  'people.areas': 'Areas (as in the site file)',
  'people.cameras': 'Cameras (by name)',
};
