import type { Page } from 'playwright-core'

import type { ConsoleDouble } from '../double.ts'
import type { WorldKind } from '../world/world.ts'

export interface Look {
  readonly theme: 'light' | 'dark'
  readonly language?: string
  readonly width?: number
  readonly height?: number
  readonly timeZone?: string
}

/** A screen in a state that it has to be looked at in. */
export interface Screen {
  readonly name: string
  readonly path: string
  readonly world: WorldKind
  readonly isSignedOut?: boolean
  readonly looks: readonly Look[]
  /** Resolves when it shows what it is to show. */
  readonly ready: (page: Page, double: ConsoleDouble) => Promise<unknown>
}

export const BOTH: readonly Look[] = [{ theme: 'light' }, { theme: 'dark' }]
export const ALL: readonly Look[] = [...BOTH, { theme: 'light', width: 390, height: 844 }]
export const GERMAN: Look = { theme: 'light', language: 'de' }

/** Waits until a text is there. */
export const seen =
  (text: string | RegExp) =>
  (page: Page): Promise<void> =>
    page.getByText(text).first().waitFor()
