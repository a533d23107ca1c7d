import type { Vault } from '../../../../core/contract/index.ts'
import { placeText } from '../../../../renderer/modules/vault/place-text.ts'
import { refuse } from '../refuse.ts'
import { GIB, idOf, instantAt, NOW } from '../world/ids.ts'
import { PASSWORD, userOf } from './session.ts'
import { type Answers, byId, type Stage } from './stage.ts'

export function answerVaults({ world, live, count: next }: Stage): Answers {
  function change(id: string, changes: Partial<Vault>): Vault {
    const vault = { ...byId(world.vaults, id), ...changes }
    world.vaults = world.vaults.map((other) => (other.id === id ? vault : other))
    live.emit({ type: 'changed', kind: 'vault', id })
    return vault
  }

  function refuseName(name: string, own?: string): void {
    if (world.vaults.some((other) => other.name === name && other.id !== own))
      throw refuse('CONFLICT', 'object/conflict', `There is a vault called ${name} already.`, {
        safety: 'Nothing was changed.',
        remedy: 'Give another name.',
      })
  }

  return {
    vaults: {
      list: async () => ({ items: world.vaults }),
      get: async ({ id }) => byId(world.vaults, id),
      probe: async ({ location }) => (location.kind === 's3' ? probeBucket() : probe(placeText(location))),
      create: async ({ name, location, password }) => {
        refuseName(name)
        if (hasRepository(placeText(location)) && password !== PASSWORD)
          throw refuse(
            'BAD_INPUT',
            'repository/wrong-password',
            `The password does not fit the repository in ${placeText(location)}.`,
            {
              safety: 'Nothing was changed.',
              remedy: 'Give the password that its recovery kit tells.',
              fields: [],
            },
          )
        const points = hasRepository(placeText(location)) ? 212 : 0
        const vault = { ...VAULT, id: idOf(2, next()), name, location, points }
        world.vaults = [...world.vaults, vault]
        live.emit({ type: 'changed', kind: 'vault', id: vault.id })
        return vault
      },
      update: async ({ id, name }) => {
        if (name !== undefined) refuseName(name, id)
        return change(id, name === undefined ? {} : { name })
      },
      detach: async ({ id }) => {
        const used = world.sets.filter(({ vault }) => vault.id === id)
        if (used.length > 0)
          throw refuse('CONFLICT', 'object/conflict', `It is used by ${used.map(({ name }) => name).join(', ')}.`, {
            remedy: 'Remove these backup sets first. What is stored in the vault stays.',
          })
        world.vaults = world.vaults.filter((other) => other.id !== id)
        live.emit({ type: 'changed', kind: 'vault', id })
        return {}
      },
      exportKit: async ({ id, password, again }, { caller }) => {
        const { kitExportedAt } = byId(world.vaults, id)
        if (kitExportedAt !== null && !again)
          throw refuse('UNCONFIRMED', 'policy/unconfirmed', `It was exported already: ${kitExportedAt}.`, {})
        if (password !== PASSWORD) throw refuse('NOT_SIGNED_IN', 'identity/refused', 'The password is not right.', {})
        const vault = change(id, { kitExportedAt: instantAt(NOW), kitExportedBy: userOf(world, caller).name })
        return {
          fileName: `holdfast-kit-${vault.name.toLowerCase().replaceAll(' ', '-')}.txt`,
          text: `RECOVERY KIT of ${vault.name}\n`,
        }
      },
    },
  }
}

const hasRepository = (path: string): boolean => path.startsWith('/mnt/old')

function good(code: 'writable' | 'range' | 'checksum', message: string) {
  return { code, severity: 'good' as const, message, remedy: null }
}

function probeBucket() {
  return {
    hasRepository: false,
    bytesFree: null,
    findings: [
      good('writable', 's3:https://s3.example.com/backups/head-office/main can be written to and read from.'),
      good('range', 'Parts of files can be read.'),
      good('checksum', 'What arrives damaged is refused.'),
      {
        code: 'versions' as const,
        severity: 'hint' as const,
        message: 'The bucket keeps versions: what is removed still takes room, and is paid for.',
        remedy: 'Give the bucket a rule that removes old versions after some days.',
      },
    ],
  }
}

function probe(path: string) {
  if (path.startsWith('/root')) {
    return {
      hasRepository: false,
      bytesFree: null,
      findings: [
        {
          code: 'writable' as const,
          severity: 'problem' as const,
          message: `The appliance may not write to "${path}".`,
          remedy: 'Give the folder to the user holdfast, or choose another one.',
        },
      ],
    }
  }
  return {
    hasRepository: hasRepository(path),
    bytesFree: 3100 * GIB,
    findings: [
      ...(hasRepository(path)
        ? [
            {
              code: 'repository-found' as const,
              severity: 'hint' as const,
              message: `There is a repository in ${path}.`,
              remedy: 'Give its password to attach it.',
            },
          ]
        : []),
      { code: 'writable' as const, severity: 'good' as const, message: 'The appliance can write there.', remedy: null },
      { code: 'free-space' as const, severity: 'good' as const, message: '3.0 TiB are free.', remedy: null },
      {
        code: 'same-disk' as const,
        severity: 'hint' as const,
        message: 'It is on the same disk as the system.',
        remedy: 'A disk that fails takes both. Choose another disk where there is one.',
      },
    ],
  }
}

const VAULT = {
  repositoryId: '5f2c91d07ab3'.repeat(6).slice(0, 64),
  createdAt: instantAt(NOW),
  state: 'ready' as const,
  problem: null,
  kitExportedAt: null,
  kitExportedBy: null,
  points: 0,
  newestPointAt: null,
  bytesStored: 0,
  bytesFree: 3100 * GIB,
  lastCheckedAt: null,
  lastVerifiedAt: null,
  lastPrunedAt: instantAt(NOW),
}
