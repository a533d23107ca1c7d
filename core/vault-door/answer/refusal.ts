import { CoreError, type CoreErrorOptions, type ErrorCode } from '../../base/index.ts'

export interface RefusalOptions extends Omit<CoreErrorOptions, 'retryable'> {
  /** Of HTTP. restic gives up at once at 401, 403, 404, 416 and 507, and tries again for minutes at any other. */
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
}

/** Why a request is not done, as it is answered. Its message is plain ASCII: restic shows it as the reason of the status. */
export class Refusal extends CoreError {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>

  constructor(code: ErrorCode, message: string, { status, headers = {}, ...options }: RefusalOptions) {
    super(code, message, { ...options, retryable: status >= 500 && status !== 507 })
    this.status = status
    this.headers = headers
  }
}
