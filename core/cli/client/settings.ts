import type { Command } from 'commander'

import { CoreError } from '../../base/index.ts'
import type { Settings } from '../../contract/index.ts'
import { clientCommand, type ClientOptions, type End } from './client-command.ts'
import { type ClientSession, withClient } from './client-session.ts'
import { writeParts } from './text/write-list.ts'

const HELP = `
Without arguments all settings are listed, with a key one, with a value it is changed. Several names are separated by commas.

Examples:
  holdfast settings
  holdfast settings timeZone Europe/Berlin
  holdfast settings maintenanceAt 03:30
  holdfast settings listen.hosts nas.example,nas
  holdfast settings listen.reach network
`

export function addSettings(program: Command, end: End): void {
  clientCommand(program, 'settings [key] [value]', 'list and change how the service works')
    .addHelpText('after', HELP)
    .action(async (key: string | undefined, value: string | undefined, options: ClientOptions) =>
      end(await withClient(options, (session) => settings(session, key, value))),
    )
}

type Value = string | number | readonly string[]

async function settings(session: ClientSession, key: string | undefined, value: string | undefined): Promise<void> {
  const { client, output, signal } = session
  const current = await client.settings.get(undefined, { signal })
  if (key !== undefined && value !== undefined) return change(session, current, key, value)
  const all = flat(current)
  const shown = key === undefined ? all : [[key, valueOf(all, key)] as const]
  output.emit({ message_type: 'settings', ...(key === undefined ? current : Object.fromEntries(shown)) })
  if (key === undefined)
    writeParts(
      output,
      shown.map(([name, each]) => [name, textOf(each) || '(none)'] as const),
    )
  else for (const [, each] of shown) output.say(textOf(each))
  return undefined
}

async function change(session: ClientSession, current: Settings, key: string, text: string): Promise<void> {
  const { client, output, signal } = session
  const value = parsed(key, valueOf(flat(current), key), text)
  const [name = '', inner] = key.split('.')
  const next =
    inner === undefined
      ? value
      : { ...(Object.entries(current).find(([each]) => each === name)?.[1] as object), [inner]: value }
  const { needsRestart, ...changed } = await client.settings.update({ [name]: next }, { signal })
  output.say(`${key} is ${textOf(valueOf(flat(changed), key))} now.`)
  if (needsRestart) output.say('It takes effect when the service is started again.')
  output.emit({ message_type: 'settings', ...changed, needsRestart })
}

/** With names such as `listen.reach`. */
function flat(current: Settings): (readonly [string, Value])[] {
  return Object.entries(current).flatMap(([name, value]): (readonly [string, Value])[] =>
    typeof value === 'object'
      ? Object.entries(value).map(([inner, each]) => [`${name}.${inner}`, each as Value] as const)
      : [[name, value] as const],
  )
}

function valueOf(all: readonly (readonly [string, Value])[], key: string): Value {
  const found = all.find(([name]) => name === key)
  if (found) return found[1]
  throw new CoreError(
    'object/not-found',
    `There is no setting called ${JSON.stringify(key)}. There are: ${all.map(([name]) => name).join(', ')}.`,
    {
      safety: 'Nothing was changed.',
      remedy: '`holdfast settings` lists them with their values.',
    },
  )
}

/** What was typed, as the kind of value that is there already. */
function parsed(key: string, before: Value, text: string): Value {
  if (typeof before === 'string') return text
  if (typeof before === 'object') return text === '' ? [] : text.split(',')
  const number = Number(text)
  if (text.trim() !== '' && Number.isFinite(number)) return number
  throw new CoreError('input/invalid', `${key} is a number, and ${JSON.stringify(text)} is none.`, {
    safety: 'Nothing was changed.',
    remedy: 'Give a number.',
  })
}

function textOf(value: Value): string {
  return typeof value === 'object' ? value.join(',') : String(value)
}
