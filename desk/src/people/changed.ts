/** What of a person is changed: only that is sent, for only that may be allowed. */
import type { Schemas } from '../api/client';

type User = Schemas['ShownUser'];

export interface Typed {
  name: string;
  full_name: string;
  roles: User['roles'];
  certificate: string;
  cameras: string[];
  areas: string[];
}

const isSame = (some: readonly string[], others: readonly string[] = []) =>
  some.length === others.length && some.every((one) => others.includes(one));

export function changed(user: User, typed: Typed): Schemas['ChangedUser'] {
  const { cameras, areas } = typed;
  const hasScope = isSame(cameras, user.scope.cameras) && isSame(areas, user.scope.areas);
  return {
    ...(typed.full_name !== user.full_name && { full_name: typed.full_name }),
    ...(typed.certificate !== user.certificate && { certificate: typed.certificate }),
    ...(!isSame(typed.roles, user.roles) && { roles: typed.roles }),
    ...(!hasScope && { scope: { cameras, areas } }),
  };
}
