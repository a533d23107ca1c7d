import { inject, type InjectionKey } from 'vue'

import type { Client } from './client.ts'

/** `app.provide` gives it; stores and composables take it. */
export const CLIENT: InjectionKey<Client> = Symbol('client')

export function useClient(): Client {
  const client = inject(CLIENT)
  if (client === undefined) throw new Error('No client was provided.')
  return client
}
