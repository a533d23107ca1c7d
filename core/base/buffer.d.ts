// Fast paths of Buffer that Node has always had and @types/node does not list: no look-up of the encoding by its name.
interface Buffer {
  latin1Slice(start?: number, end?: number): string
  utf8Slice(start?: number, end?: number): string
  latin1Write(text: string, offset?: number, length?: number): number
}
