import { z } from 'zod'

import { formatInstant, parseInstant } from '../../base/index.ts'

/** Who an appliance is. */
export interface Appliance {
  readonly id: string
  readonly name: string
}

/** Who owns the cloud of a vault, as the note there says. */
export interface Owner {
  readonly appliance: Appliance
  /** How many owners there have been: each one has a higher number than the one before. */
  readonly fence: number
  /** Anew each time the note is written: by it the one who has written it knows that it is his own. */
  readonly mark: string
  /** By the owner's clock. Milliseconds since the epoch. */
  readonly renewed: number
  /** It has let go: whoever comes next may take it. */
  readonly isFree: boolean
}

const Note = z.object({
  format: z.literal(1),
  applianceId: z.string().min(1).max(100),
  applianceName: z.string().max(300),
  fence: z.int().min(1),
  mark: z.string().regex(/^[0-9a-f]{32}$/),
  renewedAt: z.iso.datetime(),
  isFree: z.boolean(),
})

export function writeOwner({ appliance, fence, mark, renewed, isFree }: Owner): Uint8Array {
  const note: z.input<typeof Note> = {
    format: 1,
    applianceId: appliance.id,
    applianceName: appliance.name,
    fence,
    mark,
    renewedAt: formatInstant(renewed),
    isFree,
  }
  return Buffer.from(`${JSON.stringify(note, undefined, 2)}\n`)
}

/** Undefined: nobody can read it. */
export function readOwner(body: Uint8Array): Owner | undefined {
  let read: unknown
  try {
    read = JSON.parse(Buffer.from(body).toString('utf8'))
  } catch {
    return undefined
  }
  const { data } = Note.safeParse(read)
  if (data === undefined) return undefined
  const { applianceId: id, applianceName: name, fence, mark, renewedAt, isFree } = data
  return { appliance: { id, name: printable(name) }, fence, mark, renewed: parseInstant(renewedAt), isFree }
}

/** It comes from a bucket, and goes into logs and messages. */
function printable(name: string): string {
  return name.replaceAll(/[\p{C}\p{Zl}\p{Zp}]/gu, '?')
}
