/**
 * Where the operating system keeps the key. Another system brings a source of its own (on Windows, a file that DPAPI
 * seals for the service).
 */
export interface KeySource {
  /**
   * The key, 32 bytes. Undefined where this source has none and another one may be asked. Throws `secret/no-key` where it
   * should have one, and that cannot be used.
   */
  read(): Promise<Buffer | undefined>
}
