import type { RouteRecordRaw } from 'vue-router'

import type { Access } from '../../core/contract/index.ts'
import type { MessageKey } from '../shared/i18n/index.ts'

export type NavGroup = 'watch' | 'protect' | 'recover' | 'administer'

declare module 'vue-router' {
  interface RouteMeta {
    /** What the page is called: in the browser's tab, in the navigation, in the palette. */
    title: MessageKey
    /** What one must be allowed to see it. */
    access: Access
    /** Where it is in the navigation. Left out: it is reached from elsewhere. */
    nav?: { group: NavGroup; icon: string }
    /** Fills the window, without navigation. */
    isBare?: boolean
  }
}

/** Every page. The navigation and the palette are made of them, in this order; each is loaded when it is first opened. */
export const routes: readonly RouteRecordRaw[] = [
  {
    path: '/',
    name: 'overview',
    component: () => import('./pages/OverviewPage.vue'),
    meta: { title: 'nav.overview', access: 'view', nav: { group: 'watch', icon: 'i-lucide-gauge' } },
  },
  {
    path: '/runs',
    name: 'runs',
    component: () => import('./pages/RunsPage.vue'),
    meta: { title: 'nav.runs', access: 'view', nav: { group: 'watch', icon: 'i-lucide-history' } },
  },
  {
    path: '/runs/:id',
    name: 'run',
    component: () => import('./pages/RunPage.vue'),
    meta: { title: 'run.one', access: 'view' },
  },
  {
    path: '/alerts',
    name: 'alerts',
    component: () => import('./pages/AlertsPage.vue'),
    meta: { title: 'nav.alerts', access: 'view', nav: { group: 'watch', icon: 'i-lucide-bell' } },
  },
  {
    path: '/sets',
    name: 'sets',
    component: () => import('./pages/SetsPage.vue'),
    meta: { title: 'nav.sets', access: 'view', nav: { group: 'protect', icon: 'i-lucide-folders' } },
  },
  {
    path: '/sets/new',
    name: 'set-new',
    component: () => import('./pages/SetEditPage.vue'),
    meta: { title: 'set.new', access: 'configure' },
  },
  {
    path: '/sets/:id',
    name: 'set',
    component: () => import('./pages/SetPage.vue'),
    meta: { title: 'set.one', access: 'view' },
  },
  {
    path: '/sets/:id/edit',
    name: 'set-edit',
    component: () => import('./pages/SetEditPage.vue'),
    meta: { title: 'set.edit', access: 'configure' },
  },
  {
    path: '/policies',
    name: 'policies',
    component: () => import('./pages/PoliciesPage.vue'),
    meta: { title: 'nav.policies', access: 'view', nav: { group: 'protect', icon: 'i-lucide-calendar-clock' } },
  },
  {
    path: '/policies/new',
    name: 'policy-new',
    component: () => import('./pages/PolicyEditPage.vue'),
    meta: { title: 'policy.new', access: 'configure' },
  },
  {
    path: '/policies/:id/edit',
    name: 'policy-edit',
    component: () => import('./pages/PolicyEditPage.vue'),
    meta: { title: 'policy.edit', access: 'configure' },
  },
  {
    path: '/policies/:id',
    name: 'policy',
    component: () => import('./pages/PolicyPage.vue'),
    meta: { title: 'policy.one', access: 'view' },
  },
  {
    path: '/vaults',
    name: 'vaults',
    component: () => import('./pages/VaultsPage.vue'),
    meta: { title: 'nav.vaults', access: 'view', nav: { group: 'protect', icon: 'i-lucide-database' } },
  },
  {
    path: '/vaults/new',
    name: 'vault-new',
    component: () => import('./pages/VaultNewPage.vue'),
    meta: { title: 'vault.new', access: 'configure' },
  },
  {
    path: '/vaults/:id',
    name: 'vault',
    component: () => import('./pages/VaultPage.vue'),
    meta: { title: 'vault.one', access: 'view' },
  },
  {
    path: '/caches',
    name: 'caches',
    component: () => import('./pages/CachesPage.vue'),
    meta: { title: 'nav.caches', access: 'view', nav: { group: 'protect', icon: 'i-lucide-cloud-upload' } },
  },
  {
    path: '/caches/new',
    name: 'cache-new',
    component: () => import('./pages/CacheEditPage.vue'),
    meta: { title: 'cache.new', access: 'configure' },
  },
  {
    path: '/caches/:id',
    name: 'cache',
    component: () => import('./pages/CachePage.vue'),
    meta: { title: 'cache.one', access: 'view' },
  },
  {
    path: '/caches/:id/edit',
    name: 'cache-edit',
    component: () => import('./pages/CacheEditPage.vue'),
    meta: { title: 'cache.change', access: 'configure' },
  },
  {
    path: '/points',
    name: 'points',
    component: () => import('./pages/PointsPage.vue'),
    meta: { title: 'nav.points', access: 'view', nav: { group: 'recover', icon: 'i-lucide-archive' } },
  },
  {
    path: '/points/:id',
    name: 'point',
    component: () => import('./pages/PointPage.vue'),
    meta: { title: 'point.one', access: 'view' },
  },
  {
    path: '/agents',
    name: 'agents',
    component: () => import('./pages/AgentsPage.vue'),
    meta: { title: 'nav.agents', access: 'view', nav: { group: 'protect', icon: 'i-lucide-laptop' } },
  },
  {
    path: '/restore',
    name: 'restore',
    component: () => import('./pages/RestorePage.vue'),
    meta: { title: 'nav.restore', access: 'restore', nav: { group: 'recover', icon: 'i-lucide-archive-restore' } },
  },
  {
    path: '/burnt-down',
    name: 'burnt-down',
    component: () => import('./pages/BurntDownPage.vue'),
    meta: { title: 'nav.burntDown', access: 'view', nav: { group: 'recover', icon: 'i-lucide-flame' } },
  },
  {
    path: '/users',
    name: 'users',
    component: () => import('./pages/UsersPage.vue'),
    meta: { title: 'nav.users', access: 'administer', nav: { group: 'administer', icon: 'i-lucide-users' } },
  },
  {
    path: '/users/new',
    name: 'user-new',
    component: () => import('./pages/UserPage.vue'),
    meta: { title: 'user.add', access: 'administer' },
  },
  {
    path: '/users/:id',
    name: 'user',
    component: () => import('./pages/UserPage.vue'),
    meta: { title: 'user.one', access: 'administer' },
  },
  {
    path: '/tokens',
    name: 'tokens',
    component: () => import('./pages/TokensPage.vue'),
    meta: { title: 'token.title', access: 'own', nav: { group: 'administer', icon: 'i-lucide-key-round' } },
  },
  {
    path: '/audit',
    name: 'audit',
    component: () => import('./pages/AuditPage.vue'),
    meta: { title: 'nav.audit', access: 'administer', nav: { group: 'administer', icon: 'i-lucide-scroll-text' } },
  },
  {
    path: '/account',
    name: 'account',
    component: () => import('./pages/AccountPage.vue'),
    meta: { title: 'nav.account', access: 'own' },
  },
  {
    path: '/settings',
    name: 'settings',
    component: () => import('./pages/SettingsPage.vue'),
    meta: { title: 'nav.settings', access: 'view', nav: { group: 'administer', icon: 'i-lucide-settings' } },
  },
  {
    path: '/sign-in',
    name: 'sign-in',
    component: () => import('./pages/SignInPage.vue'),
    meta: { title: 'session.title', access: 'anyone', isBare: true },
  },
  {
    path: '/setup',
    name: 'setup',
    component: () => import('./pages/SetupPage.vue'),
    meta: { title: 'setup.title', access: 'anyone', isBare: true },
  },
  {
    path: '/:path(.*)*',
    name: 'not-found',
    component: () => import('./pages/NotFoundPage.vue'),
    meta: { title: 'shell.notFound', access: 'own' },
  },
]
