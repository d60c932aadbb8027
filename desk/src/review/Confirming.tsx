/** Confirming with more than one key: as evidence by art. 41, and what art. 33 would spare. */
import { Button, Checkbox, Input } from 'antd';
import { useState } from 'react';
import type { Schemas } from '../api/client';
import { useLanguage } from '../i18n/language';
import { useKeys } from './keys';
import type { FormProps } from './VerdictPanel';
import { Back, Words } from './Words';
import { useWords } from './kept_words';

type TickName = keyof Schemas['TakenTicks'];
type Leniency = Exclude<Schemas['Leniency'], 'none'>;

const TICKS: readonly TickName[] = ['true', 'clear', 'complete', 'accurate'];
const LENIENCIES: readonly Leniency[] = ['minor', 'first', 'no_fault'];

/** A clue of which art. 33 may ask nothing: which of its cases, and what the party was told. */
export function LenientForm({ matter, onVerdict, isSending, onBack }: FormProps) {
  const { t } = useLanguage();
  const [leniency, setLeniency] = useState<Leniency | null>(null);
  const keys = Object.fromEntries(
    LENIENCIES.map((one, place) => [
      String(place + 1),
      () => {
        setLeniency(one);
      },
    ]),
  );
  useKeys(keys, leniency === null);
  if (leniency !== null) {
    return (
      <Words
        matter={matter}
        form="education"
        label={t('lenient.told', { what: t(`leniency.${leniency}`) })}
        isSending={isSending}
        onBack={onBack}
        onSend={(education) => {
          onVerdict({ kind: 'confirm_clue', comment: '', leniency, education });
        }}
      />
    );
  }
  return (
    <div className="verdict-row">
      <b>{t('verdict.lenient')}</b>
      {LENIENCIES.map((one, place) => (
        <Button
          key={one}
          onClick={() => {
            setLeniency(one);
          }}
        >
          <kbd>{place + 1}</kbd> {t(`leniency.${one}`)}
        </Button>
      ))}
      <Back onBack={onBack} />
    </div>
  );
}

/** The four looks of art. 41, after the clip reached the moment it opened. */
export function EvidenceForm(props: FormProps) {
  const { matter, onVerdict, isSending, onBack, reached, hasReached } = props;
  const { t } = useLanguage();
  const [ticked, setTicked] = useState<ReadonlySet<TickName>>(new Set());
  const [leniency, setLeniency] = useState<Leniency | null>(null);
  const [education, setEducation] = useWords(matter, 'education');
  const toggle = (name: TickName) => {
    const next = new Set(ticked);
    if (!next.delete(name)) next.add(name);
    setTicked(next);
  };
  const isTold = leniency === null || education.trim() !== '';
  const isWhole = TICKS.every((name) => ticked.has(name)) && hasReached && isTold;
  const send = () => {
    if (!isWhole || isSending) return;
    const ticks = { true: true, clear: true, complete: true, accurate: true };
    const told = leniency === null ? {} : { leniency, education: education.trim() };
    onVerdict({ kind: 'confirm_evidence', ticks, clip_reached: reached, ...told });
  };
  const spare = (chosen: Leniency) => {
    setLeniency(chosen === leniency ? null : chosen);
  };
  const keys = Object.fromEntries([
    ...TICKS.map((name, place) => [
      String(place + 1),
      () => {
        toggle(name);
      },
    ]),
    ...(props.isLenient ? LENIENCIES : []).map((one, place) => [
      String(TICKS.length + place + 1),
      () => {
        spare(one);
      },
    ]),
  ]) as Record<string, () => void>;
  useKeys({ ...keys, Enter: send });
  return (
    <>
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
      {props.isLenient && (
        <div className="verdict-row">
          <span>{t('lenient.ask')}</span>
          {LENIENCIES.map((one, place) => (
            <Checkbox
              key={one}
              checked={leniency === one}
              onChange={() => {
                spare(one);
              }}
            >
              <kbd>{TICKS.length + place + 1}</kbd> {t(`leniency.${one}`)}
            </Checkbox>
          ))}
          {leniency !== null && (
            <Input
              className="verdict-words"
              aria-label={t('lenient.told', { what: t(`leniency.${leniency}`) })}
              placeholder={t('lenient.words')}
              maxLength={2000}
              value={education}
              // eslint-disable-next-line jsx-a11y/no-autofocus -- the key that led here asks for words
              autoFocus
              onChange={(event) => {
                setEducation(event.target.value);
              }}
              onPressEnter={send}
              onKeyDown={(event) => {
                if (event.key === 'Escape' && !event.nativeEvent.isComposing) {
                  event.currentTarget.blur();
                }
              }}
            />
          )}
        </div>
      )}
    </>
  );
}
