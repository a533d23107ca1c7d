import { defineStore } from 'pinia'
import { computed, ref, shallowRef } from 'vue'

import type { Access, SignedIn } from '../../../core/contract/index.ts'
import { toProblem, useClient } from '../../client/index.ts'

/** Who is signed in, and what he may do. */
export const useSession = defineStore('session', () => {
  const client = useClient()
  const signedIn = shallowRef<SignedIn>()
  /** It ended while a page was open. The page stays, and is asked over. */
  const hasExpired = ref(false)
  const isSetupNeeded = ref(false)
  const isKnown = ref(false)
  let isAsking = false
  const user = computed(() => signedIn.value?.user)

  /** Asks who is signed in, once. Rejects where nobody answers. */
  async function ask(): Promise<void> {
    if (isKnown.value) return
    try {
      signedIn.value = await client.session.get()
    } catch (error) {
      if (toProblem(error).kind !== 'NOT_SIGNED_IN') throw error
      isSetupNeeded.value = (await client.setup.get()).isNeeded
    }
    isKnown.value = true
  }

  async function signIn(input: { name: string; password: string; totp?: string }): Promise<void> {
    begin(await client.session.signIn(input))
  }

  function begin(session: SignedIn): void {
    signedIn.value = session
    hasExpired.value = false
    isSetupNeeded.value = false
    isKnown.value = true
  }

  async function signOut(): Promise<void> {
    if (!hasExpired.value) await client.session.signOut()
    signedIn.value = undefined
    hasExpired.value = false
  }

  /** Asks again: what it knows of the user has changed. */
  async function refresh(): Promise<void> {
    signedIn.value = await client.session.get()
  }

  /** An answer said so, which may have been of a password that was asked for in between: whether it is so is asked. */
  async function expire(): Promise<void> {
    if (isAsking || hasExpired.value || signedIn.value === undefined) return
    isAsking = true
    try {
      await client.session.get()
    } catch (error) {
      hasExpired.value = toProblem(error).kind === 'NOT_SIGNED_IN'
    } finally {
      isAsking = false
    }
  }

  /** What a role may not do is not offered. */
  function may(access: Access): boolean {
    if (access === 'anyone') return true
    if (signedIn.value === undefined) return false
    return access === 'own' || signedIn.value.access.includes(access)
  }

  return { signedIn, user, hasExpired, isSetupNeeded, ask, signIn, begin, signOut, refresh, expire, may }
})
