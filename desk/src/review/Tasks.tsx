/** Who was sent about this alert and how far they are; a link opens it on their phone. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Alert, Button, Typography } from 'antd';
import { api, body } from '../api/client';
import { useEvents } from '../api/events';
import { useProblemText } from '../api/problem';
import { useLanguage } from '../i18n/language';
import { useSession } from '../session/session';
import { moment } from '../shown/time';

export function Tasks({ alert }: { alert: string }) {
  const { t, language } = useLanguage();
  const { may } = useSession();
  const problemText = useProblemText();
  const queries = useQueryClient();
  const { data } = useQuery({
    queryKey: ['tasks', alert],
    queryFn: () => body(api.GET('/api/v1/tasks', { params: { query: { alert } } })),
  });
  useEvents((event) => {
    if (event.name === 'task.changed' || event.name === 'review.changed') {
      void queries.invalidateQueries({ queryKey: ['tasks', alert] });
    }
  });
  const linking = useMutation({
    mutationFn: (task: string) =>
      body(api.POST('/api/v1/tasks/{task}/link', { params: { path: { task } } })),
  });
  const tasks = data?.tasks ?? [];
  if (tasks.length === 0) return null;
  return (
    <>
      <h3>{t('task.title')}</h3>
      <ul className="tasks">
        {tasks.map((task) => (
          <li key={task.id}>
            <b>{t(`task.state.${task.state}`)}</b> {task.officer} {moment(task.changed_at)}{' '}
            {task.result !== null &&
              (language === 'zh' ? task.result_zh : t(`task.${task.result}`))}{' '}
            {task.remark}
            {task.photos.map((photo) => (
              <a key={photo.id} href={photo.url} target="_blank" rel="noreferrer">
                {t('task.photo')}
              </a>
            ))}
            {may('tasks.assign') && task.officer !== '' && task.done_at === null && (
              <Button
                size="small"
                onClick={() => {
                  linking.mutate(task.id);
                }}
              >
                {t('task.makelink')}
              </Button>
            )}
          </li>
        ))}
      </ul>
      {linking.error && <Alert type="error" title={problemText(linking.error)} />}
      {linking.data && (
        <p>
          {t('task.copy')}{' '}
          <Typography.Text copyable code>
            {`${window.location.origin}${linking.data.url}`}
          </Typography.Text>
        </p>
      )}
    </>
  );
}
