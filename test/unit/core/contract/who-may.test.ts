import { describe, expect, it } from 'vitest'

import { isGranted, Role } from '../../../../core/contract/index.ts'
import { listOperations } from '../../../support/operations.ts'

/** Of each operation the least of the roles that may call it, written down a second time: nobody gets more by a slip. */
const LEAST = {
  nobody: 'health.get setup.get setup.begin session.signIn',
  viewer: `session.get session.signOut account.changePassword account.beginTotp account.confirmTotp account.removeTotp
    tokens.list tokens.create tokens.revoke overview.get overview.burntDown vaults.list vaults.get sources.list policies.list policies.get
    policies.preview sets.list sets.get sets.retention runs.list runs.get runs.events points.list points.get alerts.list
    events.watch settings.get settings.about agents.list caches.list caches.get caches.evictionPreview
    caches.simulate`,
  'restore-only': `runs.missed points.browse points.find points.versions restores.plan restores.start
    restores.browseTarget`,
  operator:
    'runs.backUp runs.maintain runs.cancel runs.retry alerts.acknowledge caches.sync caches.evict caches.audit caches.pause caches.resume',
  administrator: `vaults.probe vaults.create vaults.update vaults.detach vaults.exportKit sources.create sources.update
    sources.remove sources.browse policies.create policies.update policies.remove sets.create sets.update sets.remove
    points.forget alerts.getDelivery alerts.setDelivery alerts.testDelivery audit.list users.list users.create
    users.update users.remove settings.update caches.attach caches.update caches.takeOver caches.detach agents.create agents.update
    agents.renew agents.remove`,
} as const
const ORDER = ['nobody', 'viewer', 'restore-only', 'operator', 'administrator'] as const

const least = new Map(
  ORDER.flatMap((role) => LEAST[role].split(/\s+/).map((name) => [name, ORDER.indexOf(role)] as const)),
)

describe('who may call', () => {
  it('is written down here of every operation', () => {
    expect(
      listOperations()
        .map(({ name }) => name)
        .toSorted(),
    ).toEqual([...least.keys()].toSorted())
  })

  it.each(listOperations())('$name', ({ name, meta }) => {
    const may = ORDER.filter((role) => isGranted(Role.safeParse(role).data, meta.access))
    expect(may).toEqual(ORDER.slice(least.get(name)))
  })
})
