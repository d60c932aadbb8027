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
        path: '/blind',
        lazy: async () => ({ Component: (await import('./review/BlindPage')).BlindPage }),
      },
      {
        path: '/cameras',
        lazy: async () => ({ Component: (await import('./cameras/CamerasPage')).CamerasPage }),
      },
      {
        path: '/cameras/add-one',
        lazy: async () => ({ Component: (await import('./cameras/AddCameraPage')).AddCameraPage }),
      },
      {
        path: '/cameras/:camera',
        lazy: async () => ({ Component: (await import('./cameras/CameraPage')).CameraPage }),
      },
      {
        path: '/zones/:camera/:view?',
        lazy: async () => ({ Component: (await import('./zones/ZonesPage')).ZonesPage }),
      },
      {
        path: '/shift',
        lazy: async () => ({ Component: (await import('./shift/ShiftPage')).ShiftPage }),
      },
      {
        path: '/reports',
        lazy: async () => ({ Component: (await import('./reports/ReportsPage')).ReportsPage }),
      },
      {
        path: '/reports/quality',
        lazy: async () => ({ Component: (await import('./reports/QualityPage')).QualityPage }),
      },
      {
        path: '/people',
        lazy: async () => ({ Component: (await import('./people/PeoplePage')).PeoplePage }),
      },
      {
        path: '/leads',
        lazy: async () => ({ Component: (await import('./leads/LeadsPage')).LeadsPage }),
      },
      {
        path: '/misses',
        lazy: async () => ({ Component: (await import('./misses/MissesPage')).MissesPage }),
      },
      {
        path: '/audit',
        lazy: async () => ({ Component: (await import('./audit/AuditPage')).AuditPage }),
      },
      {
        path: '/delivery',
        lazy: async () => ({ Component: (await import('./delivery/DeliveryPage')).DeliveryPage }),
      },
      {
        path: '/alerts',
        lazy: async () => ({ Component: (await import('./alerts/AlertsPage')).AlertsPage }),
      },
    ],
  },
  {
    path: '/duty',
    errorElement: <BrokenPage />,
    hydrateFallbackElement: <></>,
    lazy: async () => ({ Component: (await import('./duty/DutyPage')).DutyPage }),
  },
  {
    path: '/officer',
    errorElement: <BrokenPage />,
    hydrateFallbackElement: <></>,
    lazy: async () => ({ Component: (await import('./officer/OfficerPage')).OfficerPage }),
  },
]);
