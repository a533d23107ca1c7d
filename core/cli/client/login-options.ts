import type { ClientOptions } from './client-command.ts'

export interface LoginOptions extends ClientOptions {
  readonly name?: string
  readonly passwordFile?: string
  readonly totp?: string
  readonly days: number
  readonly fingerprint?: string
}

export interface LogoutOptions extends ClientOptions {
  readonly local?: boolean
}

export interface SetupOptions extends ClientOptions {
  readonly linkFile?: string
  readonly name?: string
  readonly passwordFile?: string
  readonly days: number
  readonly fingerprint?: string
}
