import { computed, type ComputedRef } from 'vue'

import { useSession } from '../../modules/session/session-store.ts'
import type { MessageKey } from '../../shared/i18n/index.ts'
import { type NavGroup, routes } from '../routes.ts'

export interface NavItem {
  readonly name: string
  readonly path: string
  readonly title: MessageKey
  readonly icon: string
}

const GROUPS: readonly NavGroup[] = ['watch', 'protect', 'recover', 'administer']

/** The pages of the navigation that this person may see, by groups. */
export function useNavigation(): ComputedRef<{ group: NavGroup; items: NavItem[] }[]> {
  const session = useSession()
  return computed(() =>
    GROUPS.map((group) => ({
      group,
      items: routes.flatMap(({ name, path, meta }) =>
        meta?.nav?.group === group && session.may(meta.access)
          ? [{ name: String(name), path, title: meta.title, icon: meta.nav.icon }]
          : [],
      ),
    })).filter(({ items }) => items.length > 0),
  )
}
