/** The verdict: one key for a clue, a few for the rest; what was typed stays until it is sent. */
import { Alert, Button } from 'antd';
import { useState } from 'react';
import type { Schemas } from '../api/client';
import { useLanguage } from '../i18n/language';
import type { Key } from '../i18n/language';
import { OfficerSelect } from '../tasks/OfficerSelect';
import { EvidenceForm, LenientForm } from './Confirming';
import { useKeys } from './keys';
import { MergeForm } from './Merging';
import { COMMENT_NEEDED, REASONS } from './reasons';
import { Back, Words } from './Words';

export type Verdict =
  | Schemas['ConfirmClue']
  | Schemas['ConfirmEvidence']
  | Schemas['Reject']
  | Schemas['Unsure']
  | Schemas['Merge']
  | Schemas['Defer']
  | Schemas['AskOnsite'];

type Mode =
  'idle' | 'evidence' | 'lenient' | 'reject' | 'merge' | 'defer' | 'ask_onsite' | 'unsure';
type Reason = Schemas['Reason'];

const WAITS_MIN = [15, 30, 60, 240];
const CHOICES: readonly { act: Schemas['Act']; key: string; mode: Mode | 'clue'; name: Key }[] = [
  { act: 'confirm_clue', key: '1', mode: 'clue', name: 'verdict.clue' },
  { act: 'reject', key: '2', mode: 'reject', name: 'verdict.reject' },
  { act: 'merge', key: '3', mode: 'merge', name: 'verdict.merge' },
  { act: 'defer', key: '4', mode: 'defer', name: 'verdict.defer' },
  { act: 'ask_onsite', key: '5', mode: 'ask_onsite', name: 'verdict.onsite' },
  { act: 'unsure', key: '6', mode: 'unsure', name: 'verdict.unsure' },
  { act: 'confirm_clue', key: '7', mode: 'lenient', name: 'verdict.lenient' },
  { act: 'confirm_evidence', key: 'e', mode: 'evidence', name: 'verdict.evidence' },
];

interface Props {
  /** What is decided on: words about it are kept under this. */
  matter: string;
  acts: readonly Schemas['Act'][];
  others: readonly Schemas['PastAlert'][];
  reached: string;
  hasReached: boolean;
  problem: string;
  isSending: boolean;
  /** Whether art. 33 may be told: not by whoever looks second. */
  isLenient: boolean;
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
              key={choice.key}
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
      {mode === 'lenient' && <LenientForm {...props} onBack={back} />}
      {mode === 'merge' && <MergeForm {...props} onBack={back} />}
      {mode === 'defer' && <DeferForm {...props} onBack={back} />}
      {(mode === 'ask_onsite' || mode === 'unsure') && (
        <WordsForm {...props} kind={mode} onBack={back} />
      )}
    </section>
  );
}

export type FormProps = Props & { onBack: () => void };

/** 2, then 1–9; a reason that says too little asks for words. */
function RejectForm({ matter, onVerdict, isSending, onBack }: FormProps) {
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
        matter={matter}
        form={reason}
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

function DeferForm({ onVerdict, isSending, onBack }: FormProps) {
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
  useKeys(keys, !isSending);
  return (
    <div className="verdict-row">
      <b>{t('verdict.defer')}</b>
      {WAITS_MIN.map((minutes, place) => (
        <Button
          key={minutes}
          disabled={isSending}
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
  const [officer, setOfficer] = useState('');
  return (
    <>
      {kind === 'ask_onsite' && (
        <OfficerSelect
          value={officer}
          onChange={(chosen) => {
            setOfficer(chosen);
            document.getElementById('words')?.focus();
          }}
        />
      )}
      <Words
        matter={rest.matter}
        form={kind}
        label={t(kind === 'unsure' ? 'verdict.unclear' : 'verdict.look')}
        isSending={rest.isSending}
        onBack={rest.onBack}
        onSend={(comment) => {
          onVerdict(kind === 'unsure' ? { kind, comment } : { kind, comment, officer });
        }}
      />
    </>
  );
}
