/** Words a verdict asks for: kept until they are sent, whatever key is pressed meanwhile. */
import { Button, Input } from 'antd';
import { useLanguage } from '../i18n/language';
import { useWords } from './kept_words';

interface WordsProps {
  matter: string;
  form: string;
  label: string;
  isSending: boolean;
  onBack: () => void;
  onSend: (words: string) => void;
}

/** Words that must be there; Enter sends them, Escape leaves them for later. */
export function Words({ matter, form, label, isSending, onBack, onSend }: WordsProps) {
  const { t } = useLanguage();
  const [words, setWords] = useWords(matter, form);
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
          // within an input method, Escape closes its list and no more
          if (event.key === 'Escape' && !event.nativeEvent.isComposing) onBack();
        }}
      />
      <Button type="primary" disabled={words.trim() === '' || isSending} onClick={send}>
        <kbd>Enter</kbd> {t('verdict.send')}
      </Button>
      <Back onBack={onBack} />
    </div>
  );
}

export function Back({ onBack }: { onBack: () => void }) {
  const { t } = useLanguage();
  return (
    <Button type="text" onClick={onBack}>
      <kbd>Esc</kbd> {t('verdict.back')}
    </Button>
  );
}
