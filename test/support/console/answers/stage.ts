import type { Operations } from '../../../../core/appliance/index.ts'
import type { LiveEvent } from '../../../../core/contract/index.ts'
import { refuse } from '../refuse.ts'
import type { World } from '../world/world.ts'

/** The operations of screens that are there, answered from a world; a screen that comes adds its own. */
export type Answers = {
  readonly [N in keyof Operations]?: { readonly [V in keyof Operations[N]]?: Operations[N][V] }
}

export interface Live {
  readonly watch: (lastEventId: string | undefined, signal: AbortSignal | undefined) => AsyncGenerator<LiveEvent, void>
  readonly emit: (event: LiveEvent) => void
}

/** What answers are made of. */
export interface Stage {
  readonly world: World
  readonly live: Live
  /** The next number for something that is made. */
  readonly count: () => number
}

export function pageOf<T>(
  items: readonly T[],
  limit: number,
  cursor: string | undefined,
): { items: T[]; next: string | null } {
  const from = Number(cursor ?? 0)
  return { items: items.slice(from, from + limit), next: from + limit < items.length ? String(from + limit) : null }
}

export function byId<T extends { id: string }>(items: readonly T[], id: string): T {
  const found = items.find((item) => item.id === id)
  if (!found) throw refuse('NOT_FOUND', 'object/not-found', 'There is no such thing.', { object: id })
  return found
}

export const nameOf = ({ id, name }: { id: string; name: string }): { id: string; name: string } => ({ id, name })
