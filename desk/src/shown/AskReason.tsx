/** Why somebody does something that goes on record: asked before it is done. */
import { Alert, Input, Modal } from 'antd';
import { useId, useState } from 'react';
import type { ReactNode } from 'react';
import { useProblemText } from '../api/problem';
import { useLanguage } from '../i18n/language';

interface Props {
  isOpen: boolean;
  title: string;
  isPending: boolean;
  error: unknown;
  onReason: (reason: string) => void;
  onCancel: () => void;
  children?: ReactNode;
}

export function AskReason({ isOpen, title, isPending, error, ...props }: Props) {
  const { t } = useLanguage();
  const problemText = useProblemText();
  const id = useId();
  const [reason, setReason] = useState('');
  const isGiven = reason.trim() !== '';
  const send = () => {
    if (isGiven && !isPending) props.onReason(reason.trim());
  };
  return (
    <Modal
      open={isOpen}
      title={title}
      okText={title}
      cancelText={t('form.cancel')}
      okButtonProps={{ disabled: !isGiven, loading: isPending }}
      destroyOnHidden
      afterClose={() => {
        setReason('');
      }}
      onCancel={props.onCancel}
      onOk={send}
    >
      {Boolean(error) && <Alert type="error" showIcon title={problemText(error)} />}
      <label htmlFor={id}>{t('reason.ask')}</label>
      <Input
        id={id}
        className="ask-reason"
        maxLength={500}
        value={reason}
        onChange={(event) => {
          setReason(event.target.value);
        }}
        onPressEnter={send}
      />
      {props.children}
    </Modal>
  );
}
