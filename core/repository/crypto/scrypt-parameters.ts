/** What opens a key: any bytes. Text stands for its UTF-8. */
export type Password = string | Uint8Array

/** How a password becomes a key (RFC 7914), as a key file tells it. */
export interface ScryptParameters {
  readonly N: number
  readonly r: number
  readonly p: number
  /** 64 bytes. */
  readonly salt: Uint8Array
}
