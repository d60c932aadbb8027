/** Pages by address; each is loaded when it is first opened. */
import { createBrowserRouter } from 'react-router';
import { BrokenPage } from './shell/BrokenPage';
import { Desk } from './shell/Desk';
import { Home } from './shell/Home';

export const router = createBrowserRouter([
  {
    element: <Desk />,
    errorElement: <BrokenPage />,
    hydrateFallbackElement: <></>,
    children: [
      { path: '/', element: <Home /> },
      {
        path: '/review/:alert?',
        lazy: async () => ({ Component: (await import('./review/ReviewPage')).ReviewPage }),
      },
      {
        path: '/alerts/:alert?',
        lazy: async () => ({ Component: (await import('./alerts/AlertsPage')).AlertsPage }),
      },
    ],
  },
]);
