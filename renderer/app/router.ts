import { createRouter, createWebHistory, type Router } from 'vue-router'

import { toProblem } from '../client/index.ts'
import { useAppliance } from '../modules/appliance/appliance-store.ts'
import { useSession } from '../modules/session/session-store.ts'
import { routes } from './routes.ts'

/** Opens pages to those who may see them, and asks everybody else to sign in first. */
export function openRouter(): Router {
  const router = createRouter({
    history: createWebHistory(),
    routes,
    scrollBehavior: (_to, _from, saved) => saved ?? { top: 0 },
  })

  router.beforeEach(async (to) => {
    const session = useSession()
    try {
      await session.ask()
    } catch (error) {
      // Nobody answers: the sign-in page says so, and tries again.
      if (to.name !== 'sign-in') return { name: 'sign-in', query: { to: to.fullPath, reason: toProblem(error).kind } }
      return true
    }
    if (session.user === undefined) {
      return to.meta.access === 'anyone' ? true : { name: 'sign-in', query: to.path === '/' ? {} : { to: to.fullPath } }
    }
    if (to.name === 'sign-in') return { name: 'overview' }
    void useAppliance().loadOnce()
    return true
  })
  return router
}
