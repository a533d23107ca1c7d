import { formatInstant, parseInstant, systemClock } from '../../../base/index.ts'
import { printable } from '../../../file-system/index.ts'
import {
  addKey,
  type FoundKey,
  type KeyOwner,
  listKeys,
  type NamedThing,
  nameByPrefix,
  ownIdentity,
  removeKey,
  replaceKey,
  type Repository,
} from '../../../repository/index.ts'
import { EXIT, type ExitCode } from '../../exit-code.ts'
import { readNewPassword } from '../password/password.ts'
import { withSession } from '../session/with-session.ts'
import { type Cell, formatTable } from '../text/table.ts'
import { createTimeText, type TimeText } from '../text/time-text.ts'
import type { KeyOptions } from './key-options.ts'

export function runKeyList(options: KeyOptions): Promise<ExitCode> {
  return withSession(options, 'shared', async ({ repository, output, signal }) => {
    const keys = (await allKeys(repository, signal)).toSorted((left, right) => madeAt(left) - madeAt(right))
    for (const { name, isCurrent, owner } of keys) {
      const { username = null, hostname = null, created = null } = owner ?? {}
      // restic's own names, and its spelling of them.
      const facts = { id: name, current: isCurrent, userName: username, hostName: hostname, created }
      output.emit({ message_type: 'key', ...facts, readable: owner !== undefined })
    }
    const time = createTimeText()
    const rows = keys.map((key) => rowOf(key, time))
    const columns = [{ title: '' }, { title: 'ID' }, { title: 'User' }, { title: 'Host' }, { title: 'Created' }]
    if (!output.json) await output.write(`${formatTable(columns, rows).join('\n')}\n`, { signal })
    const damaged = keys.filter(({ problem }) => problem !== undefined)
    for (const { problem } of damaged) output.warn(problem?.message ?? '')
    output.say(keys.length === 1 ? '1 key' : `${keys.length} keys`)
    output.emit({ message_type: 'summary', total_keys: keys.length, unreadable_keys: damaged.length })
    return damaged.length > 0 ? EXIT.warnings : EXIT.done
  })
}

export function runKeyAdd(options: KeyOptions): Promise<ExitCode> {
  return withSession(options, 'shared', async ({ repository, output, signal }) => {
    const password = await readNewPassword(options.newPasswordFile, { signal })
    const name = await addKey(repository, password, newOwner(options), { signal })
    output.say(`Added key ${name.slice(0, 8)}: the repository opens by its password too.`)
    output.emit({ message_type: 'summary', added: name, removed: null })
    return EXIT.done
  })
}

export function runKeyPasswd(options: KeyOptions): Promise<ExitCode> {
  return withSession(options, 'exclusive', async ({ repository, output, signal }) => {
    const password = await readNewPassword(options.newPasswordFile, { signal })
    const name = await replaceKey(repository, password, newOwner(options), { signal })
    output.say(
      `The new password is in force: key ${name.slice(0, 8)} is in the place of ${repository.keyName.slice(0, 8)}.`,
    )
    output.emit({ message_type: 'summary', added: name, removed: repository.keyName })
    return EXIT.done
  })
}

export function runKeyRemove(id: string, options: KeyOptions): Promise<ExitCode> {
  return withSession(options, 'exclusive', async (session) => {
    const { repository, output, signal } = session
    const keys = await allKeys(repository, signal)
    const name = nameByPrefix(
      keys.map((key) => key.name),
      id,
      KEY,
    )
    await removeKey(repository, name, { signal })
    output.say(`Removed key ${name.slice(0, 8)}: its password opens nothing any more, unless another key has the same.`)
    output.emit({ message_type: 'summary', added: null, removed: name })
    return EXIT.done
  })
}

const KEY: NamedThing = { noun: 'key', remedy: '`holdfast repo key list` lists the keys.' }

function newOwner({ host, user }: KeyOptions): KeyOwner {
  const { hostname, username } = ownIdentity()
  return { hostname: host ?? hostname, username: user ?? username, created: formatInstant(systemClock.now()) }
}

async function allKeys(repository: Repository, signal: AbortSignal): Promise<FoundKey[]> {
  const keys: FoundKey[] = []
  for await (const key of listKeys(repository, { signal })) keys.push(key)
  return keys
}

function rowOf({ name, isCurrent, owner }: FoundKey, time: TimeText): Cell[] {
  const head = [isCurrent ? '*' : '', name.slice(0, 8)]
  if (!owner) return [...head, 'cannot be read']
  const created = parseInstant(owner.created)
  const shownTime = Number.isFinite(created) ? time.local(BigInt(created) * 1_000_000n) : ''
  return [...head, shown(owner.username), shown(owner.hostname), shownTime]
}

/** What says no time comes first. */
function madeAt({ owner }: FoundKey): number {
  return parseInstant(owner?.created ?? '') || 0
}

function shown(text: string): string {
  return printable(Buffer.from(text))
}
