/** The verdict: one key for a clue, a few for the rest; what was typed stays until it is sent. */
import { Alert, Button, Checkbox, Input } from 'antd';
import { useState } from 'react';
import type { Schemas } from '../api/client';
import { useLanguage } from '../i18n/language';
import type { Key } from '../i18n/language';
import { moment } from '../shown/time';
import { useKeys } from './keys';
import { COMMENT_NEEDED, REASONS } from './reasons';

export type Verdict =
  | Schemas['ConfirmClue']
  | Schemas['ConfirmEvidence']
  | Schemas['Reject']
  | Schemas['Unsure']
  | Schemas['Merge']
  | Schemas['Defer']
  | Schemas['AskOnsite'];

type Mode = 'idle' | 'evidence' | 'reject' | 'merge' | 'defer' | 'ask_onsite' | 'unsure';
type Reason = Schemas['Reason'];
type TickName = keyof Schemas['TakenTicks'];

const TICKS: readonly TickName[] = ['true', 'clear', 'complete', 'accurate'];
const WAITS_MIN = [15, 30, 60, 240];
const CHOICES: readonly { act: Schemas['Act']; key: string; mode: Mode | 'clue'; name: Key }[] = [
  { act: 'confirm_clue', key: '1', mode: 'clue', name: 'verdict.clue' },
  { act: 'reject', key: '2', mode: 'reject', name: 'verdict.reject' },
  { act: 'merge', key: '3', mode: 'merge', name: 'verdict.merge' },
  { act: 'defer', key: '4', mode: 'defer', name: 'verdict.defer' },
  { act: 'ask_onsite', key: '5', mode: 'ask_onsite', name: 'verdict.onsite' },
  { act: 'unsure', key: '6', mode: 'unsure', name: 'verdict.unsure' },
  { act: 'confirm_evidence', key: 'e', mode: 'evidence', name: 'verdict.evidence' },
];

interface Props {
  acts: readonly Schemas['Act'][];
  others: readonly Schemas['PastAlert'][];
  reached: string;
  hasReached: boolean;
  problem: string;
  isSending: boolean;
  onVerdict: (verdict: Verdict) => void;
}

export function VerdictPanel(props: Props) {
  const { acts, isSending, onVerdict } = props;
  const { t } = useLanguage();
  const [mode, setMode] = useState<Mode>('idle');
  const choose = (chosen: Mode | 'clue') => {
    if (isSending) return;
    if (chosen === 'clue') onVerdict({ kind: 'confirm_clue' });
    else setMode(chosen);
  };
  const open = CHOICES.filter((choice) => acts.includes(choice.act));
  const keys = Object.fromEntries(
    open.map((choice) => [
      choice.key,
      () => {
        choose(choice.mode);
      },
    ]),
  );
  useKeys(keys, mode === 'idle');
  const back = () => {
    setMode('idle');
  };
  useKeys({ Escape: back }, mode !== 'idle');
  return (
    <section className="verdict" aria-label={t('verdict.title')}>
      {props.problem !== '' && <Alert type="error" showIcon title={props.problem} />}
      {mode === 'idle' && (
        <div className="verdict-row">
          {open.map((choice) => (
            <Button
              key={choice.act}
              type={choice.mode === 'clue' ? 'primary' : 'default'}
              disabled={isSending}
              onClick={() => {
                choose(choice.mode);
              }}
            >
              <kbd>{choice.key.toUpperCase()}</kbd> {t(choice.name)}
            </Button>
          ))}
          {open.length === 0 && <span className="muted">{t('verdict.none')}</span>}
        </div>
      )}
      {mode === 'reject' && <RejectForm {...props} onBack={back} />}
      {mode === 'evidence' && <EvidenceForm {...props} onBack={back} />}
      {mode === 'merge' && <MergeForm {...props} onBack={back} />}
      {mode === 'defer' && <DeferForm {...props} onBack={back} />}
      {(mode === 'ask_onsite' || mode === 'unsure') && (
        <WordsForm {...props} kind={mode} onBack={back} />
      )}
    </section>
  );
}

type FormProps = Props & { onBack: () => void };

function Back({ onBack }: { onBack: () => void }) {
  const { t } = useLanguage();
  return (
    <Button type="text" onClick={onBack}>
      <kbd>Esc</kbd> {t('verdict.back')}
    </Button>
  );
}

/** 2, then 1–9; a reason that says too little asks for words. */
function RejectForm({ onVerdict, isSending, onBack }: FormProps) {
  const { t } = useLanguage();
  const [reason, setReason] = useState<Reason | null>(null);
  const [isRest, setRest] = useState(false);
  const choose = (chosen: Reason) => {
    if (COMMENT_NEEDED.has(chosen)) setReason(chosen);
    else onVerdict({ kind: 'reject', reason: chosen });
  };
  const shown = isRest ? REASONS.slice(9) : REASONS.slice(0, 9);
  const keys = Object.fromEntries(
    shown.map((one, place) => [
      String(place + 1),
      () => {
        choose(one);
      },
    ]),
  );
  const turn = () => {
    setRest(!isRest);
  };
  useKeys({ ...keys, '0': turn }, reason === null && !isSending);
  if (reason !== null) {
    return (
      <Words
        label={t('verdict.why', { reason: t(`reason.${reason}`) })}
        isSending={isSending}
        onBack={onBack}
        onSend={(comment) => {
          onVerdict({ kind: 'reject', reason, comment });
        }}
      />
    );
  }
  return (
    <div className="verdict-row">
      <b>{t('verdict.reject')}</b>
      {shown.map((one, place) => (
        <Button
          key={one}
          disabled={isSending}
          onClick={() => {
            choose(one);
          }}
        >
          <kbd>{place + 1}</kbd> {t(`reason.${one}`)}
        </Button>
      ))}
      <Button type="text" onClick={turn}>
        <kbd>0</kbd> {t('verdict.more')}
      </Button>
      <Back onBack={onBack} />
    </div>
  );
}

/** The four looks of art. 41, after the clip reached the moment it opened. */
function EvidenceForm({ onVerdict, isSending, onBack, reached, hasReached }: FormProps) {
  const { t } = useLanguage();
  const [ticked, setTicked] = useState<ReadonlySet<TickName>>(new Set());
  const toggle = (name: TickName) => {
    const next = new Set(ticked);
    if (!next.delete(name)) next.add(name);
    setTicked(next);
  };
  const isWhole = TICKS.every((name) => ticked.has(name)) && hasReached;
  const send = () => {
    if (!isWhole || isSending) return;
    const ticks = { true: true, clear: true, complete: true, accurate: true };
    onVerdict({ kind: 'confirm_evidence', ticks, clip_reached: reached });
  };
  const keys = Object.fromEntries(
    TICKS.map((name, place) => [
      String(place + 1),
      () => {
        toggle(name);
      },
    ]),
  );
  useKeys({ ...keys, Enter: send });
  return (
    <div className="verdict-row">
      <b>{t('verdict.evidence')}</b>
      {TICKS.map((name, place) => (
        <Checkbox
          key={name}
          checked={ticked.has(name)}
          onChange={() => {
            toggle(name);
          }}
        >
          <kbd>{place + 1}</kbd> {t(`tick.${name}`)}
        </Checkbox>
      ))}
      <Button type="primary" disabled={!isWhole || isSending} onClick={send}>
        <kbd>Enter</kbd> {t('verdict.send')}
      </Button>
      {!hasReached && <span className="warn">{t('verdict.watch')}</span>}
      <Back onBack={onBack} />
    </div>
  );
}

function MergeForm({ onVerdict, onBack, others }: FormProps) {
  const { t, language } = useLanguage();
  const offered = others.slice(0, 9);
  const keys = Object.fromEntries(
    offered.map(({ alert }, place) => [
      String(place + 1),
      () => {
        onVerdict({ kind: 'merge', into: alert.id });
      },
    ]),
  );
  useKeys(keys);
  return (
    <div className="verdict-row">
      <b>{t('verdict.into')}</b>
      {offered.map(({ alert }, place) => (
        <Button
          key={alert.id}
          onClick={() => {
            onVerdict({ kind: 'merge', into: alert.id });
          }}
        >
          <kbd>{place + 1}</kbd> {language === 'zh' ? alert.text_zh : alert.text_en}{' '}
          {moment(alert.opened_at)}
        </Button>
      ))}
      {offered.length === 0 && <span className="muted">{t('verdict.nothing')}</span>}
      <Back onBack={onBack} />
    </div>
  );
}

function DeferForm({ onVerdict, onBack }: FormProps) {
  const { t } = useLanguage();
  const wait = (minutes: number) => {
    onVerdict({ kind: 'defer', until: new Date(Date.now() + minutes * 60_000).toISOString() });
  };
  const keys = Object.fromEntries(
    WAITS_MIN.map((minutes, place) => [
      String(place + 1),
      () => {
        wait(minutes);
      },
    ]),
  );
  useKeys(keys);
  return (
    <div className="verdict-row">
      <b>{t('verdict.defer')}</b>
      {WAITS_MIN.map((minutes, place) => (
        <Button
          key={minutes}
          onClick={() => {
            wait(minutes);
          }}
        >
          <kbd>{place + 1}</kbd> {t('verdict.minutes', { minutes })}
        </Button>
      ))}
      <Back onBack={onBack} />
    </div>
  );
}

function WordsForm({ kind, onVerdict, ...rest }: FormProps & { kind: 'ask_onsite' | 'unsure' }) {
  const { t } = useLanguage();
  return (
    <Words
      label={t(kind === 'unsure' ? 'verdict.unclear' : 'verdict.look')}
      isSending={rest.isSending}
      onBack={rest.onBack}
      onSend={(comment) => {
        onVerdict(kind === 'unsure' ? { kind, comment } : { kind, comment });
      }}
    />
  );
}

interface WordsProps {
  label: string;
  isSending: boolean;
  onBack: () => void;
  onSend: (words: string) => void;
}

/** Words that must be there; Enter sends them. */
export function Words({ label, isSending, onBack, onSend }: WordsProps) {
  const { t } = useLanguage();
  const [words, setWords] = useState('');
  const send = () => {
    if (words.trim() !== '' && !isSending) onSend(words.trim());
  };
  return (
    <div className="verdict-row">
      <label htmlFor="words">{label}</label>
      <Input
        id="words"
        className="verdict-words"
        maxLength={2000}
        value={words}
        // eslint-disable-next-line jsx-a11y/no-autofocus -- the key that led here asks for words
        autoFocus
        onChange={(event) => {
          setWords(event.target.value);
        }}
        onPressEnter={send}
        onKeyDown={(event) => {
          if (event.key === 'Escape') onBack();
        }}
      />
      <Button type="primary" disabled={words.trim() === '' || isSending} onClick={send}>
        <kbd>Enter</kbd> {t('verdict.send')}
      </Button>
      <Back onBack={onBack} />
    </div>
  );
}
